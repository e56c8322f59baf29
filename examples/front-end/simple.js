// The simple way: the whole chat, again and again. Good for small chats; live-chat.js is for the others.
/** @typedef {import("./chat").Chat} Chat */

const FILE = "https://static.example/chats/election-night.json";

async function show() {
  const response = await fetch(FILE, { cache: "no-cache" }).catch(() => ({ ok: false }));
  const headline = document.getElementById("headline");
  const list = document.getElementById("messages");
  if ([403, 404, 410].includes(response.status)) { // taken down
    headline.textContent = "";
    list.replaceChildren();
  } else if (response.ok) {
    /** @type {Chat} */
    const { channel, messages } = await response.json();
    headline.textContent = channel.headline;
    list.replaceChildren(...messages.map(({ id, time, user, byline, html }) => {
      const article = document.createElement("article");
      article.id = `m-${id}`;
      const by = document.createElement("p");
      by.textContent = `${byline ?? user.display_name}, ${new Date(time).toLocaleTimeString()}`;
      const template = document.createElement("template"); // clean HTML; even so nothing in a template runs
      template.innerHTML = html;
      article.append(by, template.content);
      return article;
    }));
    if (!channel.live) {
      return;
    }
  }
  setTimeout(show, 10_000);
}

show();
