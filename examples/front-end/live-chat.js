// <live-chat src="/chats/election-night/live.json"></live-chat>

const FIRST_MESSAGES = 40;
const MOST_PAGES_AT_ONCE = 8;
const END = "~"; // sorts after every ts
const DAY = { dateStyle: "full" };
const READERS_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

const WORDS = {
  connecting: "Connecting",
  waiting: "Waiting for the first message",
  live: "Live",
  closed: "This chat has ended",
  reconnecting: "Reconnecting",
  unavailable: "This chat is not available",
  updated: "Updated {time}",
  old: "This may be out of date. Last checked {time}",
  feed: "Messages",
  newest: "Newest messages",
  news: { one: "{n} new message", other: "{n} new messages" },
  earlier: "Earlier messages",
  later: "Later messages",
  pinned: "Pinned",
  keyEvents: "Key events",
  edited: "Edited {time}",
  correction: "Correction, {time}:",
  replies: "Replies",
  photoComing: "A photo is on its way",
  clipComing: "A clip is on its way",
  reactions: "Reactions",
  show: "Show this from {service}",
  copy: "Copy link",
  copied: "Link copied",
  missing: "That message is no longer here",
};

const EMBEDS = {
  youtube: (id) => `https://www.youtube-nocookie.com/embed/${id}?autoplay=1`,
  x: (id) => `https://platform.twitter.com/embed/Tweet.html?dnt=true&id=${id}`,
  bluesky: (id) => `https://embed.bsky.app/embed/${id.replace("/", "/app.bsky.feed.post/")}`,
  mastodon: (id) => `https://${id}/embed`,
  instagram: (id) => `https://www.instagram.com/p/${id}/embed/`,
};

export class Chat {
  pointer = null;
  channel = {};
  users = {};
  messages = new Map();
  from = "";
  until = END;
  #pages = new Map();
  #epochsLeft = new Set();
  #turn = Promise.resolve();

  constructor(src) {
    this.src = new URL(src, document.baseURI);
    this.folder = new URL("..", this.src);
  }

  look(stretch) {
    this.#turn = this.#turn.catch(() => {}).then(() => this.#lookUntilWhole(stretch));
    return this.#turn;
  }

  newest() {
    return this.look(newest);
  }

  earlier() {
    return this.look((pages) => [startOf(pages, pages.findLastIndex(([, first]) => first < this.from)), this.until]);
  }

  later() {
    return this.look((pages) => [this.from, endOf(pages, pages.findLastIndex(([, first]) => first <= this.until))]);
  }

  reach(id) {
    return this.look((pages) => {
      const page = pages.findLastIndex(([, first]) => first <= id);
      return isWithin(id, this) ? [this.from, this.until] : [startOf(pages, page), endOf(pages, page)];
    });
  }

  get stretch() {
    return [...this.messages.values()].filter(({ id }) => isWithin(id, this)).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async #lookUntilWhole(stretch) {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#look(stretch);
      } catch (failure) {
        // The pointer has changed meanwhile.
        if (!failure.gone || failure.url === this.src.href || tries > 3) {
          throw failure;
        }
        await new Promise((wake) => setTimeout(wake, 100 * 2 ** tries));
      }
    }
  }

  async #look(stretch) {
    const pointer = await this.#get(this.src, "no-cache");
    const before = this.pointer;
    const afresh = pointer.epoch !== before?.epoch;
    const isBehind = afresh
      ? this.#epochsLeft.has(pointer.epoch) && pointer.updated < before.updated
      : pointer.seq < before.seq;
    if (isBehind) {
      return; // from a stale cache
    }

    const { from, until } = this;
    const [users, state] = await Promise.all([
      afresh || pointer.users !== before.users ? this.#get(pointer.users).then((file) => file.users) : this.users,
      !afresh && !stretch && this.#opsSuffice(pointer)
        ? { from, until, base: before.seq, messages: new Map(this.messages) }
        : this.#assembled(pointer, stretch ?? (afresh ? newest : () => [from, until])),
    ]);
    const { base, channel, ...rest } = state;
    for (const { op, m, id } of pointer.ops.filter(({ seq }) => seq > base)) {
      if (op === "put" && isWanted(m.id, state, pointer)) {
        state.messages.set(m.id, m);
      } else if (op === "del") {
        state.messages.delete(id);
      }
    }
    if (before && afresh) {
      this.#epochsLeft.add(before.epoch);
    }
    Object.assign(this, rest, { pointer, users, channel: { ...this.channel, ...channel, ...pointer.channel } });
  }

  #opsSuffice(pointer) {
    const { seq } = this.pointer;
    return pointer.ops_from <= seq + 1
      && !pointer.ops.some((op) => op.seq > seq && op.op === "meta")
      && idsBeside(pointer).every((id) => this.messages.has(id));
  }

  async #assembled(pointer, stretch) {
    const { pages, channel } = await this.#get(pointer.index);
    const namesOf = ([from, until]) => pages.filter(([, first], i) => {
      const end = endOf(pages, i);
      return (first < until && end > from) || idsBeside(pointer).some((id) => id >= first && id < end);
    }).map(([name]) => name);

    let [from, until] = stretch(pages);
    if (namesOf([from, until]).filter((name) => !this.#pages.has(name)).length > MOST_PAGES_AT_ONCE) {
      [from, until] = newest(pages); // slept through hundreds of messages
    }
    this.#pages = new Map(await Promise.all(namesOf([from, until]).map(async (name) =>
      [name, this.#pages.get(name) ?? (await this.#get(`i/${name}.json`)).messages])));
    const messages = [...this.#pages.values()].flat().filter(({ id }) => isWanted(id, { from, until }, pointer));
    return { from, until, base: pointer.base, channel, messages: new Map(messages.map((m) => [m.id, m])) };
  }

  async #get(path, cache = "default") {
    const url = new URL(path, this.src).href;
    const response = await fetch(url, { cache, signal: AbortSignal.timeout(20_000) });
    if (!response.ok) {
      // S3 without ListBucket answers 403.
      const gone = [403, 404, 410].includes(response.status);
      throw Object.assign(new Error(`${url}: ${response.status}`), { url, gone });
    }
    return response.json();
  }
}

function idsBeside({ channel: { pinned = [], key_events: keyEvents = [] } }) {
  return [...pinned, ...keyEvents.slice(0, 3)];
}

function isWithin(id, { from, until }) {
  return id >= from && id < until;
}

function isWanted(id, stretch, pointer) {
  return isWithin(id, stretch) || idsBeside(pointer).includes(id);
}

// A page is [name, ts of its first message, count].

function newest(pages) {
  let count = 0;
  return [startOf(pages, pages.findLastIndex((page) => (count += page[2]) >= FIRST_MESSAGES)), END];
}

function startOf(pages, i) {
  return i > 0 ? pages[i][1] : "";
}

function endOf(pages, i) {
  return pages[i + 1]?.[1] ?? END;
}

export class LiveChat extends HTMLElement {
  settled = Promise.resolve();
  static observedAttributes = ["src", "words", "order", "level", "lang"];
  #words;
  #chat;
  #suffix;
  #spoken;
  #warnings = new Set();
  #page;
  #shown;
  #stretch;
  #waiting;
  #untold = 0;
  #inTitle = "";
  #failures = 0;
  #checked = 0;
  #ended = false;
  #timer;
  #silence;
  #leaving;

  connectedCallback() {
    this.#start([...this.childNodes]);
  }

  disconnectedCallback() {
    this.#stop();
    this.replaceChildren();
  }

  attributeChangedCallback(name, before, after) {
    if (this.#words && this.isConnected && before !== after) {
      this.#stop();
      this.#start();
    }
  }

  look() {
    return this.#chat ? this.#show(() => this.#chat.look()) : this.settled;
  }

  #start(standIn) {
    this.#words = { ...WORDS, ...this.#ownWords() };
    this.#spoken = "en";
    this.#untold = this.#failures = this.#checked = 0;
    this.#ended = false;
    this.#chat = null;
    const src = this.getAttribute("src");
    try {
      this.#chat = src ? new Chat(src) : null;
    } catch {}
    const isTwin = [...document.querySelectorAll("live-chat")]
      .some((other) => other !== this && #chat in other && other.#chat?.src.href === this.#chat?.src.href);
    this.#suffix = isTwin ? `-${Math.random().toString(36).slice(2, 6)}` : "";
    this.#leaving = new AbortController();
    this.#build(standIn);
    if (!this.#chat) {
      this.#warn("src", src);
      this.#tellState("unavailable");
      return;
    }
    const on = (target, type, listener) => target.addEventListener(type, listener, { signal: this.#leaving.signal });
    on(window, "online", () => this.look());
    on(window, "hashchange", () => this.#goToHash());
    on(document, "visibilitychange", () => (document.hidden ? this.#wait() : this.look()));
    this.look();
  }

  #stop() {
    this.#leaving.abort();
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#silence = null;
    this.#tellTitle("");
  }

  /** Words other than English are loaded only where they are needed. */
  async #translate() {
    const language = this.#language?.split("-")[0] ?? "en";
    if (language !== this.#spoken) {
      this.#spoken = language;
      const words = language === "en" ? {} : await import("./live-chat-words.js").catch(console.warn);
      this.#words = { ...WORDS, ...words?.default?.[language], ...this.#ownWords() };
      this.#build([...this.#page.old.childNodes]);
    }
  }

  #ownWords() {
    const json = this.getAttribute("words") ?? "{}";
    try {
      return Object.fromEntries(Object.entries(JSON.parse(json)).filter(([, value]) => {
        const isText = typeof (value?.other ?? value) === "string";
        return isText || this.#warn("words", json);
      }));
    } catch {
      return this.#warn("words", json);
    }
  }

  #warn(attribute, value) {
    const text = `<live-chat>: ${attribute}="${value ?? ""}" cannot be used`;
    if (!this.#warnings.has(text)) {
      this.#warnings.add(text);
      console.warn(text);
    }
  }

  #show(read, manner) {
    return (this.settled = this.#readAndRender(read, manner));
  }

  async #readAndRender(read, manner) {
    const chat = this.#chat;
    try {
      await this.#translate();
      await read();
      await this.#translate();
      if (chat !== this.#chat) {
        return;
      }
      const isFirst = !this.#checked;
      this.#failures = 0;
      this.#checked = Date.now();
      if (this.isConnected) {
        this.#render(manner);
      }
      if (isFirst) {
        await this.#goToHash();
      }
    } catch (failure) {
      if (chat !== this.#chat) {
        return;
      }
      this.#failures++;
      this.#tellTrouble(failure);
    }
    this.#wait();
  }

  #wait() {
    clearTimeout(this.#timer);
    const pause = this.#pause();
    if (pause && this.isConnected) {
      this.#timer = setTimeout(() => this.look(), pause * (800 + Math.random() * 400));
    }
  }

  /** In seconds; 0: the chat is over. */
  #pause() {
    const { pointer } = this.#chat;
    const least = document.hidden ? 60 : 0;
    if (this.#failures || !pointer) {
      const isAwaited = !this.#checked && this.#failures < 30;
      return Math.max(Math.min(2 ** this.#failures, isAwaited ? 10 : 120), least);
    }
    if (!pointer.poll) {
      return 0;
    }
    const poll = this.getAttribute("poll") ?? pointer.poll;
    const wish = poll >= 1 ? Number(poll) : pointer.poll;
    if (wish != poll) {
      this.#warn("poll", poll);
    }
    const isQuiet = Date.now() - Date.parse(pointer.updated) > 10 * 60_000;
    return Math.max(wish, isQuiet ? 30 : 0, least);
  }

  #tellTrouble(failure) {
    const { src } = this.#chat;
    if (failure.gone && failure.url === src.href && this.#failures === 3) {
      // The chat was taken down.
      this.#chat = new Chat(src);
      this.#build();
    }
    const { pointer } = this.#chat;
    const isOld = Date.now() - this.#checked > 60_000;
    if (pointer) {
      this.#tellState("reconnecting", isOld ? "old" : "updated", isOld ? this.#checked : pointer.updated);
    } else if (failure.gone) {
      this.#tellState(this.#checked ? "unavailable" : "waiting");
    } else {
      this.#tellState("reconnecting");
    }
  }

  #build(standIn = []) {
    this.#shown = new Map();
    this.#stretch = null;
    this.#waiting = [];
    const feed = element("div", { class: "lc-feed", role: "feed", "aria-label": this.#words.feed, tabindex: "-1" });
    feed.addEventListener("keydown", (event) => this.#moveByKey(event));
    const news = button({ class: "lc-news", hidden: "" }, "", () => this.#showNews());
    const later = button({ class: "lc-later", hidden: "" }, this.#words.later, () => this.#turnPage("later"));
    const earlier = button({ class: "lc-earlier", hidden: "" }, this.#words.earlier, () => this.#turnPage("earlier"));
    // Screen readers ignore a status that is inserted later.
    const status = element("p", { class: "lc-status", role: "status", "aria-live": "polite" });
    const [state, head, side, old] = ["state", "head", "side", "old"]
      .map((name) => element("div", { class: `lc-${name}` }));
    old.append(...standIn);
    this.#page = { status, state, head, side, old, news, later, feed, earlier };
    const list = this.#isOldestFirst ? [earlier, feed, later, news] : [news, later, feed, earlier];
    this.replaceChildren(element("div", { class: "lc-body" }, status, state, head, side, old, ...list));
    this.#tellState("connecting");
  }

  get #level() {
    const level = this.getAttribute("level") ?? "2";
    return /^[1-6]$/.test(level) ? level : this.#warn("level", level) ?? 2;
  }

  get #isCalm() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  get #isOldestFirst() {
    return this.getAttribute("order") === "oldest";
  }

  /** @param manner "all": no message waits; "hold": the page does not scroll */
  #render(manner) {
    const { pointer, channel, stretch, from, until } = this.#chat;
    const { feed, head, side, old, earlier, later } = this.#page;
    const before = this.#stretch;
    const messages = this.#isOldestFirst ? stretch : stretch.reverse();
    const ids = new Set(messages.map(({ id }) => id));
    const list = before ? feed : old;
    const staying = [...list.querySelectorAll("[id^=m-]")].filter((article) => ids.has(article.dataset.id ?? article.id.slice(2)));
    const isAtEdge = !staying.length || this.#isAtLiveEdge(list);
    const waits = this.#whatWaits(manner === "all" || isAtEdge, staying);
    const restoreView = this.#heldView(staying, isAtEdge && manner !== "hold");
    const restoreFocus = this.#heldFocus(staying);
    const news = { inserted: [], updated: [], removed: [] };
    feed.setAttribute("aria-busy", "true");
    old.remove();

    for (const [id, { article, message }] of this.#shown) {
      if (!ids.has(id)) {
        news.removed.push(message);
        article.remove();
        this.#shown.delete(id);
      }
    }
    const waiting = [];
    let above = null;
    let next = feed.firstElementChild;
    for (const message of messages) {
      let { article, message: known } = this.#shown.get(message.id) ?? {};
      if (!article && waits(message, next)) {
        waiting.push(message.id);
        continue;
      }
      if (!article) {
        const { id } = message;
        article = element("article", {
          class: "lc-message", id: this.#idOf("m", id), "data-id": id, tabindex: 0,
          "aria-labelledby": `${this.#idOf("by", id)} ${this.#idOf("at", id)}`,
        });
        feed.insertBefore(article, next);
        news.inserted.push(message);
      } else if (JSON.stringify(known) !== JSON.stringify(message)) {
        news.updated.push(message);
      }
      next = article.nextElementSibling;
      above = this.#lineUp(message, above);
      this.#draw(article, this.#partsOf(message, above));
      this.#shown.set(message.id, { message, article });
    }
    const isWhole = from === "" && until === END && !waiting.length;
    [...feed.children].forEach((article, i) => {
      article.setAttribute("aria-posinset", i + 1);
      article.setAttribute("aria-setsize", isWhole ? messages.length : -1);
    });

    const { headline, description, live_content: content, language } = channel;
    if (language && !this.lang) {
      Object.assign(feed.parentNode, { lang: language, dir: /^(ar|fa|he|ur)\b/.test(language) ? "rtl" : "ltr" });
    }
    this.#draw(head, { headline, description, content });
    this.#draw(side, { pinned: this.#pinned(), keyEvents: this.#keyEvents() });
    earlier.hidden = from === "";
    later.hidden = until === END;
    this.#tellState(pointer.live ? "live" : "closed", "updated", pointer.updated);
    const isNew = (id) => before && isWithin(id, before) && !this.#waiting.includes(id);
    const fresh = news.inserted.map(({ id }) => id).filter(isNew);
    const untold = fresh.length + waiting.filter(isNew).length;
    this.#waiting = waiting;
    this.#stretch = { from, until, last: [...this.#shown.keys()].sort().at(-1) };
    this.#tellNews(untold);
    restoreFocus();
    restoreView();
    feed.setAttribute("aria-busy", "false");
    this.#tellHost(news, fresh);
  }

  #isAtLiveEdge(list) {
    const { top, bottom } = list.getBoundingClientRect();
    return this.#chat.until === END && (this.#isOldestFirst ? bottom <= innerHeight + 8 : top >= -8);
  }

  #whatWaits(none, staying) {
    if (none || !this.#stretch) {
      return () => false;
    }
    const { last } = this.#stretch;
    const onScreen = staying.filter((article) => {
      const { top } = article.getBoundingClientRect();
      return top > 0 && top < innerHeight;
    });
    return ({ id }, next) => isWithin(id, this.#stretch) && (id > last || onScreen.includes(next));
  }

  #heldView(candidates, follows) {
    const lost = () => this.#page.feed.getBoundingClientRect().bottom - innerHeight;
    const isEndSeen = lost() <= 8;
    // By 0 would end a smooth scroll.
    const scroll = (top) => top && scrollBy({ top, behavior: "instant" });
    if (follows) {
      return () => this.#isOldestFirst && isEndSeen && scroll(Math.max(lost(), 0));
    }
    const seen = candidates.filter((article) => {
      const { top, bottom } = article.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    });
    const anchor = seen.find((article) => article.getBoundingClientRect().top > -1) ?? seen[0];
    const place = () => (anchor
      ? document.getElementById(anchor.id)?.getBoundingClientRect().top
      : this.getBoundingClientRect()[isEndSeen ? "bottom" : "top"]);
    const before = place();
    return () => scroll(place() - before);
  }

  #heldFocus(staying) {
    const focused = document.activeElement;
    let home = this.contains(focused) && focused.closest(".lc-message");
    if (!home) {
      return () => {};
    }
    const way = home.nextElementSibling ? "nextElementSibling" : "previousElementSibling";
    while (home && !staying.includes(home)) {
      home = home[way];
    }
    return () => focused !== document.activeElement && (home ?? this.#page.feed).focus({ preventScroll: true });
  }

  #idOf(part, id) {
    return `${part}-${id}${this.#suffix}`;
  }

  #goTo(article) {
    article?.scrollIntoView({ behavior: this.#isCalm ? "instant" : "smooth" });
    article?.focus({ preventScroll: true });
  }

  async #goToHash() {
    const id = location.hash.match(/^#m-(\d{10}\.\d{6})$/)?.[1];
    if (!id || !this.#stretch || this.#suffix) {
      return;
    }
    const target = () => document.getElementById(`m-${id}`);
    if (!target()) {
      await this.#show(() => this.#chat.reach(id), "all");
    }
    if (!target() && !document.querySelectorAll("live-chat")[1]) {
      this.#tell(this.#words.missing);
    }
    this.#goTo(target());
  }

  async #turnPage(way) {
    const { feed } = this.#page;
    const known = [...feed.children];
    await this.#show(() => this.#chat[way](), "hold");
    const more = [...feed.children].filter((article) => !known.includes(article));
    const nearest = (way === "earlier") === this.#isOldestFirst ? more.at(-1) : more[0];
    nearest?.focus({ preventScroll: true });
  }

  async #showNews() {
    const [first] = this.#waiting;
    if (this.#chat.until === END) {
      this.#render("all");
    } else {
      await this.#show(() => this.#chat.newest(), "all");
    }
    const { feed } = this.#page;
    this.#goTo(this.#shown.get(first)?.article ?? feed[this.#isOldestFirst ? "lastElementChild" : "firstElementChild"]);
  }

  #moveByKey(event) {
    const article = event.target.closest(".lc-feed > .lc-message");
    const target = {
      PageDown: () => article?.nextElementSibling,
      PageUp: () => article?.previousElementSibling,
      End: () => event.ctrlKey && this.querySelector(".lc-feed ~ button:not([hidden])"),
      Home: () => event.ctrlKey && this.querySelector("button:not([hidden]):has(~ .lc-feed)"),
    }[event.key]?.();
    if (target) {
      target.focus();
      event.preventDefault();
    }
  }

  #tellState(state, text, time) {
    this.dataset.state = state;
    this.#page.state.replaceChildren(element("strong", {}, element("bdi", {}, this.#words[state])), " ",
      text ? element("span", {}, element("bdi", {}, this.#fill(text, { time: this.#moment(time) }))) : "");
  }

  #tell(words) {
    clearTimeout(this.#silence);
    this.#page.status.textContent = words;
    this.#silence = setTimeout(() => {
      this.#silence = null;
      this.#page.status.textContent = "";
      this.#tellNews(0);
    }, 10_000);
  }

  #tellNews(count) {
    const { news } = this.#page;
    const { length } = this.#waiting;
    const isElsewhere = this.#chat.until !== END;
    news.hidden = !length && !isElsewhere;
    news.textContent = length ? this.#fill("news", { n: length }) : this.#words.newest;
    this.#tellTitle(length ? `(${length}) ` : "");
    this.#untold += count;
    if (this.#untold && !this.#silence) {
      this.#tell(this.#fill("news", { n: this.#untold }));
      this.#untold = 0;
    }
  }

  #tellTitle(count) {
    document.title = count + document.title.replace(this.#inTitle, "");
    this.#inTitle = count;
  }

  #tellHost(news, fresh) {
    const tell = (type, messages) => {
      const articles = messages.map(({ id }) => this.#shown.get(id)?.article);
      this.dispatchEvent(new CustomEvent(`livechat:${type}`, { bubbles: true, detail: { messages, articles } }));
    };
    Object.entries(news).forEach(([type, messages]) => messages.length && tell(type, messages));
    if (!this.#chat.pointer.live && !this.#ended) {
      tell("closed", []);
    }
    this.#ended = !this.#chat.pointer.live;
    fresh.filter(() => !this.#isCalm).forEach((id) =>
      this.#shown.get(id).article.animate(
        [{ background: "var(--lc-fresh)", boxShadow: "0 0 0 .7em var(--lc-fresh)" }, {}], 4000));
  }

  #lineUp(message, above) {
    const author = JSON.stringify(this.#authorOf(message));
    const day = this.#clock(message.time, DAY);
    const time = Date.parse(message.time);
    const isNewDay = above?.day !== day;
    const isRun = !isNewDay && above.author === author && Math.abs(time - above.time) < 10 * 60_000;
    return { day, author, time, isNewDay, isRun };
  }

  #authorOf({ user, byline }) {
    const { display_name: name, title, image_48: image } = this.#chat.users[user] ?? {};
    return byline ? { name: byline } : { name, title, image };
  }

  #partsOf(message, { day, isNewDay, isRun } = {}) {
    let above = null;
    const { id, time, headline, html, text, photos = [], media = [], attachments, corrections, tags, reactions, replies } = message;
    return {
      day: isNewDay ? day : null,
      by: { ...this.#authorOf(message), id, time, isRun, at: this.#clock(time) },
      heading: headline,
      words: html,
      photos: [...photos, ...media].filter(({ status }) => status !== "failed")
        .map(({ caption, ...photo }) => ({ ...photo, caption: caption !== text && caption })),
      cards: attachments,
      corrections: corrections?.map(({ time: at, text: words }) => [this.#moment(at, time), words]),
      tags,
      reactions,
      replies: replies?.map((reply) => {
        above = this.#lineUp(reply, above);
        return this.#partsOf(reply, { isRun: above.isRun });
      }),
      edited: message.edited_at && this.#moment(message.edited_at, time),
    };
  }

  #pinned() {
    const { pointer, messages } = this.#chat;
    return pointer.channel.pinned?.map((id) => messages.get(id)).filter(Boolean).map((message) => {
      const { by: { id, time, at }, heading, words, photos } = this.#partsOf(message);
      return { title: heading && { id, text: heading }, words, photos, link: heading ? null : { id, time, at } };
    });
  }

  #keyEvents() {
    const { pointer, messages } = this.#chat;
    return pointer.channel.key_events?.map((id) => {
      const message = messages.get(id);
      const title = message?.headline ?? message?.text?.match(/^.*?([.!?](?=\s)|$)/s)[0];
      const time = new Date(id * 1000).toISOString();
      return { id, title, time, at: this.#moment(time) };
    });
  }

  #make = {
    headline: (text) => element(`h${this.#level}`, { class: "lc-headline" }, text),
    description: (html) => this.#html("description", html),
    content: (html) => this.#html("content", html),
    pinned: (list) => element("section", { class: "lc-pinned", "aria-label": this.#words.pinned },
      this.#label(this.#words.pinned), ...list.map((parts) => this.#drawn({ class: "lc-pin" }, parts))),
    keyEvents: (list) => element("nav", { class: "lc-keys", "aria-label": this.#words.keyEvents },
      this.#label(this.#words.keyEvents), element("ol", {}, ...list.map(({ id, title, time, at }) =>
        element("li", {}, element("a", { href: `#m-${id}` }, this.#time(time, at), " ",
          element("bdi", {}, title)))))),

    title: ({ id, text }) => element("a", { class: "lc-heading", href: `#m-${id}` }, text),
    link: ({ id, time, at }) => element("a", { class: "lc-at", href: `#m-${id}` }, this.#time(time, at)),
    day: (text) => element("p", { class: "lc-day" }, text),
    by: ({ id, name, title, image, time, at, isRun }) => {
      const href = `#m-${id}`;
      const copy = button({ class: "lc-copy", "aria-label": this.#words.copy }, "#", async () => {
        try {
          await navigator.clipboard.writeText(new URL(href, location));
          this.#tell(this.#words.copied);
        } catch {
          location.hash = href; // without https there is no clipboard
        }
      });
      return element("header", { class: isRun ? "lc-by lc-run" : "lc-by" },
        this.#avatar(name ?? "", image),
        element("span", { class: "lc-name", id: this.#idOf("by", id) }, name),
        title && element("span", { class: "lc-role" }, title),
        element("a", { class: "lc-at", id: this.#idOf("at", id), href }, this.#time(time, at)), copy);
    },
    heading: (text) => element("p", { class: "lc-heading" }, text),
    words: (html) => this.#html("words", html),
    photos: (list) => element("div", { class: "lc-photos" }, ...list.map((photo) => this.#photo(photo))),
    cards: (list) => element("div", { class: "lc-cards" }, ...list.map((card) => this.#card(card))),
    corrections: (list) => element("div", { class: "lc-corrections" }, ...list.map(([time, text]) =>
      element("p", {}, element("strong", {}, this.#fill("correction", { time })), " ", text))),
    tags: (list) => element("ul", { class: "lc-tags" }, ...list.map((tag) => element("li", {}, tag))),
    reactions: (list) => element("ul", { class: "lc-reactions", "aria-label": this.#words.reactions },
      ...list.map(({ emoji, character, count }) =>
        element("li", { title: emoji }, `${character || `:${emoji}:`} ${count}`))),
    replies: (list) => element("div", { class: "lc-replies", role: "group", "aria-label": this.#words.replies },
      ...list.map((parts) => this.#drawn({ class: "lc-reply", id: this.#idOf("m", parts.by.id), tabindex: -1 }, parts))),
    edited: (time) => element("p", { class: "lc-edited" }, this.#fill("edited", { time })),
  };

  #drawn(attributes, parts) {
    const made = element("div", attributes);
    this.#draw(made, parts);
    return made;
  }

  #draw(parent, parts) {
    const known = this.#contents.get(parent) ?? {};
    let next = null;
    for (const [name, part] of Object.entries(parts).reverse()) {
      const content = JSON.stringify(part);
      if (content !== known[name]?.content) {
        const isEmpty = part == null || part.length === 0;
        const node = isEmpty ? null : this.#make[name](part);
        known[name]?.node?.remove();
        known[name] = { content, node };
        if (node) {
          parent.insertBefore(node, next);
        }
      }
      next = known[name]?.node ?? next;
    }
    this.#contents.set(parent, known);
  }

  #contents = new WeakMap();

  #label(text) {
    return element("p", { class: "lc-label", "aria-hidden": "true" }, text);
  }

  /** The published HTML is sanitized; this is a second defence. */
  #html(name, html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    template.content.querySelectorAll("script, style, iframe, object, embed, form, svg").forEach((odd) => odd.remove());
    for (const part of template.content.querySelectorAll("*")) {
      for (const { name: attribute, value } of [...part.attributes]) {
        const address = attribute === "src" && this.#address(value);
        if (address) {
          part.setAttribute("src", address);
        } else if (/^(on|style|src)/.test(attribute)
          || (attribute === "href" && !/^(https?:|mailto:|tel:)/i.test(value))) {
          part.removeAttribute(attribute);
        }
      }
    }
    return element("div", { class: `lc-${name}`, dir: "auto" }, template.content);
  }

  #photo({ kind, status, url, poster, width, height, alt, caption, credit }) {
    const src = this.#address(url);
    const words = status === "live" ? alt ?? "" : this.#words[kind ? "clipComing" : "photoComing"];
    const image = element(...(!src
      ? ["div", { role: "img", "aria-label": words }]
      : kind
        ? [kind === "video" ? kind : "audio", { src, controls: "", preload: "none", poster: this.#address(poster), "aria-label": words || caption || kind }]
        : ["img", { src, alt: words, loading: "lazy", decoding: "async" }]));
    image.style = `width: min(${width}px, 85vh * ${width / height}); aspect-ratio: ${width} / ${height}`;
    return element("figure", { class: `lc-photo lc-${status}` }, image,
      (caption || credit) && element("figcaption", {}, caption, " ", credit && element("small", {}, credit)));
  }

  #card({ title, text, url, image, author, service, kind, id }) {
    const href = this.#address(url);
    const embed = id && Object.hasOwn(EMBEDS, kind) && this.#address(EMBEDS[kind](id));
    const picture = this.#ownAddress(image);
    const card = element("div", { class: "lc-card" },
      picture && element("img", { src: picture, alt: "", loading: "lazy" }),
      element("span", { class: "lc-service" }, [service, author].filter(Boolean).join(" · ")),
      element(href ? "a" : "strong", { href, rel: href && "noopener nofollow" }, title || author || url),
      text && element("p", {}, text));
    if (embed) {
      const show = button({}, this.#fill("show", { service: service || href.hostname }), () => {
        const frame = element("iframe", {
          class: `lc-${kind}`, src: embed, title: title || service, allow: "autoplay; encrypted-media; fullscreen",
          referrerpolicy: "strict-origin-when-cross-origin",
        });
        show.replaceWith(frame);
        frame.focus();
      });
      card.append(show);
    }
    return card;
  }

  #avatar(name, url) {
    const src = this.#ownAddress(url);
    const initials = name.match(/^\S+|\S+$/g)?.map(([first]) => first).join("");
    return element("span", { class: "lc-avatar", "aria-hidden": "true" },
      src ? element("img", { src, alt: "", width: 40, height: 40, loading: "lazy" }) : initials);
  }

  /** A path is relative to the folder of channels.json. */
  #address(path) {
    try {
      const url = new URL(path ?? "", this.#chat.folder);
      return path && /^https?:$/.test(url.protocol) ? url : null;
    } catch {
      return null;
    }
  }

  /** Other hosts are asked only after a click. */
  #ownAddress(path) {
    const url = this.#address(path);
    return url && [location.origin, this.#chat.folder.origin].includes(url.origin) ? url : null;
  }

  #fill(name, values) {
    const forms = this.#words[name];
    const text = forms.other ? forms[new Intl.PluralRules(this.#language).select(values.n)] ?? forms.other : forms;
    return String(text).replace(/\{(\w+)\}/g, (all, value) => values[value]?.toLocaleString(this.#language) ?? all);
  }

  get #language() {
    const lang = this.lang || this.#chat?.channel.language || this.closest("[lang]")?.lang || undefined;
    try {
      return Intl.getCanonicalLocales(lang?.replaceAll("_", "-"))[0];
    } catch {
      return this.#warn("lang", lang);
    }
  }

  #time(time, text) {
    const own = new Date(time).toLocaleString(this.#language, { dateStyle: "full", timeStyle: "long" });
    return element("time", { datetime: time, title: own }, text);
  }

  #moment(time, other = Date.now()) {
    const day = this.#clock(time, DAY);
    return day === this.#clock(other, DAY) ? this.#clock(time) : `${day}, ${this.#clock(time)}`;
  }

  #clock(time, options = { hour: "numeric", minute: "2-digit" }) {
    const zone = this.#chat.channel.time_zone;
    const isForeign = zone && options.hour && zone !== READERS_ZONE;
    const key = JSON.stringify([options, zone, this.#language]);
    this.#clocks[key] ??= new Intl.DateTimeFormat(this.#language, {
      ...options, timeZone: zone, timeZoneName: isForeign ? "short" : undefined,
    });
    return this.#clocks[key].format(new Date(time));
  }

  #clocks = {};
}

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value != null) {
      made.setAttribute(name, value);
    }
  }
  made.append(...children.filter(Boolean));
  return made;
}

function button(attributes, text, click) {
  const made = element("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", click);
  return made;
}

customElements.define("live-chat", LiveChat);
