# Varnish in front of the published files: it forgets a file when Chatpress says so. For channels.yml:
#
#   public-url: https://static.example/chats/
#   publish:
#     - directory: /srv/www/htdocs/chats
#       purge: {http: {url: "http://127.0.0.1:6081/{path}"}}
#
# Include this file before your own rules: include "/etc/varnish/purge.vcl";

acl chatpress {
    "127.0.0.1";
}

sub vcl_recv {
    if (req.method == "PURGE") {
        if (client.ip !~ chatpress) {
            return (synth(405, "Not allowed from this address"));
        }
        return (purge);
    }
}

# By default, Varnish shows an expired file for ten more seconds while it fetches the next. A takedown must not wait for that.
sub vcl_backend_response {
    set beresp.grace = 0s;
}
