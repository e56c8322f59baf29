// The demo of an export has chats of other names than the made-up meeting, and maybe several: channels.json tells.
let chat = document.querySelector("live-chat");
document.documentElement.classList.toggle("framed", window !== window.top);
const others = document.querySelector("nav.chats");
const wanted = new URLSearchParams(location.search).get("chat");

/** None if they cannot be fetched now. */
async function fetchChannels() {
  try {
    const response = await fetch("chats/channels.json", { cache: "no-cache" });
    return response.ok ? (await response.json()).channels : [];
  } catch {
    return [];
  }
}

async function list() {
  const channels = await fetchChannels();
  const shown = channels.find(({ slug }) => slug === wanted) ?? channels[0];
  const src = shown && `chats/${shown.slug}/live.json`;
  if (src && src !== chat.getAttribute("src")) {
    const other = chat.cloneNode();
    other.setAttribute("src", src);
    chat.replaceWith(other);
    chat = other;
  }
  if (shown) {
    const name = document.querySelector(".name");
    if (shown.slug !== "council-meeting") {
      name.textContent = "Your site";
      document.querySelector(".motto").textContent = "Your Slack export, as readers would see it";
    }
    document.title = `${document.title.match(/^\(\d+\) /)?.[0] ?? ""}${shown.headline} | ${name.textContent}`;
  }
  if (channels.length > 1 && others.childElementCount !== channels.length) {
    others.replaceChildren(...channels.map(({ slug, headline }) =>
      Object.assign(document.createElement("a"), { href: `?chat=${slug}`, textContent: headline })));
  }
  setTimeout(list, channels.length ? 10_000 : 1000);
}

list();
