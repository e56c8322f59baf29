// The simple way: the whole chat, again and again. Good for small chats; live-chat.js is for the others.
/** @typedef {import("./chat").Chat} Chat */

const FILE = "https://static.example/chats/election-night.json";

async function show() {
  const response = await fetch(FILE, { cache: "no-cache" }).catch(() => ({ ok: false }));
  if (response.ok) {
    /** @type {Chat} */
    const { channel, messages } = await response.json();
    document.getElementById("headline").textContent = channel.headline;
    document.getElementById("messages").replaceChildren(...messages.map(({ id, time, user, html }) => {
      const article = document.createElement("article");
      article.id = `m-${id}`;
      const byline = document.createElement("p");
      byline.textContent = `${user.display_name}, ${new Date(time).toLocaleTimeString()}`;
      const template = document.createElement("template"); // clean HTML; even so nothing in a template runs
      template.innerHTML = html;
      article.append(byline, template.content);
      return article;
    }));
    if (!channel.live) {
      return;
    }
  }
  setTimeout(show, 10_000);
}

show();
