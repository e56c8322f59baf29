// Follows one chat through the static files that Chatpress publishes; it asks no server anything else.
//
// live.json, the pointer, is small and fetched again and again. It names the index, the index names the pages, and
// those never change. Its `ops` are the latest changes: a page that looked recently needs nothing more than them.

const chat = document.getElementById("chat");
const feed = chat.querySelector(".feed");
const blank = document.getElementById("message").content.firstElementChild;
const files = new URL(chat.dataset.files, location.href);

const PAGES_AT_ONCE = 3;
const QUIET = 10 * 60 * 1000;

/** What is shown: the pointer it came from, its authors, and every message with ts >= from; "" is the beginning. */
let shown = { pointer: null, users: {}, index: { pages: [] }, from: null, messages: new Map() };
/** The `from` that the reader wishes for; null: the newest few pages will do. */
let reach = null;
let slug = new URLSearchParams(location.search).get("chat");
let failures = 0;
let looking = false;
let timer;
let silence;

const pages = new Map();
const articles = new Map();

async function get(path) {
  const response = await fetch(new URL(path, files), { cache: path.includes("/i/") ? "default" : "no-cache" });
  if (!response.ok) {
    throw Object.assign(new Error(`${path}: ${response.status}`), { gone: response.status === 404, path });
  }
  return response.json();
}

/** Looks at the pointer and catches up with it. Nothing that is shown changes before all that is needed has come. */
async function look() {
  slug ??= (await get("channels.json")).channels[0].slug;
  const pointer = await get(`${slug}/live.json`);
  const before = shown.pointer;
  const afresh = before?.epoch !== pointer.epoch;
  if (!afresh && pointer.seq < before.seq) {
    return; // from a cache that is behind
  }

  const news = afresh ? [] : pointer.ops.filter((op) => op.seq > before.seq);
  const opsSuffice = !afresh && pointer.ops_from <= before.seq + 1 && !news.some((op) => op.op === "meta");
  reach = afresh ? null : reach;
  const users = pointer.users === before?.users && !afresh
    ? shown.users
    : (await get(`${slug}/${pointer.users}`)).users;
  if (opsSuffice && reach === shown.from) {
    shown = { ...shown, pointer, users };
    news.forEach((op) => apply(op, shown));
  } else {
    shown = await assembled(pointer, users);
    reach = reach ?? shown.from;
  }
  show(afresh ? [] : news);
}

/** The chat put together from its index and pages, as far back as the reader wishes. */
async function assembled(pointer, users) {
  const index = await get(`${slug}/${pointer.index}`);
  const all = index.pages;
  const from = reach ?? (all.length > PAGES_AT_ONCE ? all[all.length - PAGES_AT_ONCE][1] : "");
  const wanted = all.filter((page, i) => i === all.length - 1 || all[i + 1][1] > from).map(([name]) => name);
  await Promise.all(wanted.filter((name) => !pages.has(name)).map(async (name) => {
    pages.set(name, (await get(`${slug}/i/${name}.json`)).messages);
  }));

  const state = { pointer, users, index, from, messages: new Map() };
  wanted.flatMap((name) => pages.get(name)).forEach((message) => state.messages.set(message.id, message));
  pointer.ops.filter((op) => op.seq > pointer.base).forEach((op) => apply(op, state));
  [...pages.keys()].filter((name) => !wanted.includes(name)).forEach((name) => pages.delete(name));
  return state;
}

function apply(op, { messages, from }) {
  if (op.op === "put" && op.m.ts >= from) {
    messages.set(op.m.id, op.m);
  } else if (op.op === "del") {
    messages.delete(op.id);
  }
}

/** Makes the page what it should be, touching only what differs. */
function show(news) {
  const { channel, live } = shown.pointer;
  document.title = channel.headline;
  chat.querySelector("h1").textContent = channel.headline;
  fill(chat.querySelector(".description"), shown.index.channel?.description ?? "");
  chat.querySelector(".earlier").hidden = shown.from === "";
  state(live ? "live" : "closed", live ? "Live" : "This chat has ended");

  // What left goes first: then nothing else has to be moved, and nobody loses the focus.
  for (const [id, { article }] of articles) {
    if (!shown.messages.has(id)) {
      article.remove();
      articles.delete(id);
    }
  }
  const newestFirst = [...shown.messages.values()].sort((a, b) => (a.ts < b.ts ? 1 : -1));
  let next = feed.firstElementChild;
  newestFirst.forEach((message, place) => {
    const article = articleOf(message);
    article.setAttribute("aria-posinset", place + 1);
    if (article === next) {
      next = next.nextElementSibling;
    } else {
      feed.insertBefore(article, next);
    }
  });

  const added = news.filter((op) => op.op === "put" && !op.m.edited_at && shown.messages.has(op.m.id)).length;
  if (added) {
    tell(`${added} new message${added > 1 ? "s" : ""}`);
  }
}

/** Says something for a few seconds, aloud too. */
function tell(words) {
  const element = chat.querySelector(".news");
  element.textContent = words;
  clearTimeout(silence);
  silence = setTimeout(() => element.replaceChildren(), 5000);
}

function articleOf(message) {
  const author = shown.users[message.user] ?? { display_name: "" };
  const content = JSON.stringify([message, author, shown.pointer.channel.time_zone]);
  const known = articles.get(message.id) ?? { article: blank.cloneNode(true) };
  if (known.content !== content) {
    write(known.article, message, author);
    articles.set(message.id, { article: known.article, content });
  }
  return known.article;
}

function write(article, message, author) {
  const part = (name) => article.querySelector(name);
  article.id = `m-${message.id}`;
  part(".name").textContent = author.display_name;
  part(".name").id = `by-${message.id}`;
  part(".title").textContent = author.title ?? "";
  article.setAttribute("aria-labelledby", part(".name").id);
  part(".when").href = `#m-${message.id}`;
  part("time").dateTime = message.time;
  part("time").textContent = clock(message.time);
  part("time").title = new Date(message.time).toLocaleString();
  fill(part(".words"), message.html);
  part("footer").textContent = message.edited_at ? `updated ${clock(message.edited_at)}` : "";
  part(".avatar").replaceChildren(author.image_48 ? picture(author.image_48) : initials(author.display_name));
  part(".avatar").style.setProperty("--hue", [...author.display_name].reduce((sum, c) => sum + c.codePointAt(0), 0));
}

/** The HTML was cleaned before it was published; a template keeps even so anything in it from running. */
function fill(element, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  element.replaceChildren(template.content);
}

function picture(address) {
  const image = Object.assign(new Image(40, 40), { alt: "", loading: "lazy", referrerPolicy: "no-referrer" });
  image.src = address;
  return image;
}

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "").join("");
}

/** In the chat's own time zone, where it says one. */
function clock(time) {
  const options = { hour: "numeric", minute: "2-digit", timeZone: shown.pointer.channel.time_zone };
  const old = Date.now() - Date.parse(time) > 20 * 60 * 60 * 1000;
  return new Intl.DateTimeFormat([], old ? { ...options, day: "numeric", month: "short" } : options)
    .format(new Date(time));
}

function state(name, words) {
  const element = chat.querySelector(".state");
  element.dataset.state = name;
  element.textContent = words;
}

/** Looks, waits, looks again; a hidden page doesn't. */
async function follow() {
  clearTimeout(timer);
  if (looking || document.hidden) {
    return;
  }
  looking = true;
  let pause;
  try {
    await look();
    failures = 0;
    pause = wish();
  } catch (failure) {
    failures++;
    const early = failure.gone && !shown.pointer;
    state("waiting", early ? "Waiting for the first message" : "Reconnecting");
    // A file that the pointer names can be gone when the pointer has moved meanwhile: look at it again, at once.
    const moved = failure.gone && failure.path.includes("/i/") && failures <= 3;
    pause = moved ? 200 : early ? 2000 : Math.min(500 * 2 ** failures, 120_000);
  }
  looking = false;
  if (pause) {
    timer = setTimeout(follow, pause * (0.9 + Math.random() / 5));
  }
}

/** Milliseconds until the next look; 0: the chat is closed. */
function wish() {
  const { poll, updated } = shown.pointer;
  const seconds = poll && Number(chat.dataset.every ?? poll);
  return seconds && Date.now() - Date.parse(updated) > QUIET ? Math.max(seconds, 30) * 1000 : seconds * 1000;
}

chat.querySelector(".earlier").addEventListener("click", () => {
  const first = shown.index.pages.findIndex(([, ts]) => ts >= shown.from);
  reach = first > PAGES_AT_ONCE ? shown.index.pages[first - PAGES_AT_ONCE][1] : "";
  follow();
});
addEventListener("online", follow);
document.addEventListener("visibilitychange", follow);
follow();
