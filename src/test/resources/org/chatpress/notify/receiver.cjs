// A receiver that leaves the verification to the library of standardwebhooks.com.
const http = require("node:http");
const { Webhook } = require("standardwebhooks");

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const seen = new Set();

http.createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  try {
    const { type, data } = webhook.verify(Buffer.concat(parts).toString("utf8"), request.headers);
    if (!seen.has(request.headers["webhook-id"])) {
      console.log(type, data.channel?.slug ?? "", data.message?.id ?? "", data.message?.text ?? "");
      seen.add(request.headers["webhook-id"]);
    }
    response.writeHead(204).end();
  } catch {
    response.writeHead(401).end();
  }
}).listen(process.env.PORT, "127.0.0.1");
