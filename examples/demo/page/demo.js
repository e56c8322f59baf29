// The demo's page: the newsroom's channel, which this script shows and changes through the server's JSON, and a frame
// with the readers' page, which knows nothing of it.

const API = "api/newsroom";
const $ = (selector, root = document) => root.querySelector(selector);
const list = $(".messages");
const composer = $(".composer");
const readers = $("iframe");
const chats = $(".chats");
const tour = $(".tour");

const STATES = {
  NEW: ["waiting", "New"],
  APPROVED: ["public", "Public"],
  PENDING: ["waiting", "Not public"],
  DELAYED: ["waiting", "Delayed"],
  HELD: ["hides", "Held"],
  REJECTED: ["hides", "Rejected"],
  WITHDRAWN: ["hides", "Withdrawn"],
  PRIVATE: ["", "Private"],
  COMMAND: ["", "Command"],
  IGNORED: ["", "Not for readers"],
};
const EDIT_WAITS = "Readers still see the approved words. Approve again to publish the edit.";

let chat = new URLSearchParams(location.search).get("chat") ?? "";
let state = { messages: [] };
let shown = new Map(); // by ts: what a message's element was made from
let photo = null;
let followed = ""; // ts of the message that the readers' page scrolls to
let soon = 0; // how many looks are left that come quickly
let timer = 0;

function make(tag, properties = {}, ...children) {
  const { dataset, ...rest } = properties;
  const element = Object.assign(document.createElement(tag), rest);
  Object.assign(element.dataset, dataset);
  element.append(...children);
  return element;
}

// ---- what the newsroom sees

async function look() {
  clearTimeout(timer);
  try {
    const response = await fetch(`${API}?chat=${chat}`);
    if (response.ok) {
      show(await response.json());
    }
  } catch {
    problem("The demo has stopped. Start it again, and reload this page.");
  }
  follow();
  soon = Math.max(0, soon - 1);
  timer = setTimeout(look, soon ? 250 : 1000);
}

/** Shows in the readers' page what became of the message that the visitor touched last. */
function follow() {
  if (soon === 0) {
    followed = "";
  }
  const message = followed && readers.contentDocument?.getElementById(`m-${followed}`);
  if (message) {
    const { top, bottom } = message.getBoundingClientRect();
    if (top < 0 || bottom > readers.clientHeight) {
      message.scrollIntoView({ block: "center" });
    }
  }
}

function show(next) {
  const isFirst = !state.slug;
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  state = next;
  if (isFirst) {
    showChat();
  }
  const wanted = new Set(state.messages.map(({ ts }) => ts));
  for (const item of [...list.children]) {
    if (!wanted.has(item.dataset.ts)) {
      item.contains(document.activeElement) && focusOn(item.nextElementSibling ?? item.previousElementSibling);
      item.remove();
      shown.delete(item.dataset.ts);
    }
  }
  let before = null;
  let isNew = false;
  for (const message of state.messages) {
    const source = JSON.stringify(message);
    let item = before ? before.nextElementSibling : list.firstElementChild;
    if (item?.dataset.ts !== message.ts) {
      item = make("li", { dataset: { ts: message.ts }, tabIndex: -1 });
      before ? before.after(item) : list.prepend(item);
      isNew = true;
    }
    if (shown.get(message.ts) !== source && !$(".rewrite", item)) {
      fill(item, message);
      shown.set(message.ts, source);
    }
    before = item;
  }
  showTour();
  const toured = list.querySelector(".toured");
  if (isFirst && toured) {
    list.scrollTop = toured.offsetTop - list.offsetTop - (list.clientHeight - toured.offsetHeight) / 2;
  } else if (toured?.dataset.ts === followed) {
    toured.scrollIntoView({ block: "nearest" }); // its buttons may have moved out of sight
  } else if (isFirst || (isNew && isAtEnd && !toured)) {
    list.scrollTop = list.scrollHeight;
  } else if (isNew && !isAtEnd) {
    $(".newer").hidden = false;
  }
  if (!$("[tabindex='0']", list) && list.lastElementChild) {
    activate(list.lastElementChild);
  }
}

function showChat() {
  chat = state.slug;
  $("#channel").textContent = `# ${state.channel}`;
  $(".composer > label").textContent = state.approval ? `Write as ${state.reporter}` : `Write to # ${state.channel}`;
  $(".newsroom .head p").textContent = state.approval
    ? `In Slack, as editor ${state.editor}` : "In Slack; every message is public at once";
  readers.src = `readers.html?chat=${chat}`;
  $(".alone").href = readers.src;
  chats.hidden = state.chats.length < 2;
  chats.replaceChildren(...state.chats.map(({ slug, name }) => new Option(`# ${name}`, slug, false, slug === chat)));
}

function fill(item, message) {
  const focused = item.contains(document.activeElement) ? document.activeElement : null;
  const [kind, word] = STATES[message.verdict];
  item.className = "message";
  item.classList.toggle("reply", message.reply);
  item.classList.toggle("undecided", kind === "waiting" || message.editWaits);
  const date = new Date(message.ts * 1000);
  const by = make("p", { className: "by" }, make("strong", { textContent: message.author }), make("time", {
    dateTime: date.toISOString(),
    textContent: date.toLocaleTimeString([], { hour: "numeric", minute: "2-digit", timeZone: state.timeZone }),
  }));
  if (message.edited) {
    by.append(make("span", { className: "edited", textContent: "(edited)" }));
  }
  const words = make("div", { className: "words" });
  words.innerHTML = message.html; // made and sanitized by Chatpress
  const images = message.images.map(({ id, alt }) => make("img", { className: "picture", src: `${API}/images/${id}`, alt }));
  const reactions = make("p", { className: "reactions" }, ...message.reactions.map(({ name, character, count, users }) =>
    make("span", { title: `:${name}: ${users}`, textContent: `${character} ${count}` })));
  const stateLine = make("p", { className: "state" }, make("strong", { className: kind, textContent: word }),
    make("span", { textContent: message.editWaits ? EDIT_WAITS : message.reason }));
  const actions = make("div", { className: "actions", role: "group", ariaLabel: "What an editor can do" },
    ...actionsOn(message).map(([action, text, isPrimary]) => make("button", {
      type: "button", textContent: text, className: isPrimary ? "primary" : "",
      dataset: { action, ...(state.emoji[action] && { emoji: state.emoji[action] }) },
      tabIndex: item.tabIndex,
    })));
  const body = make("div", {}, by, words, ...images, ...(message.reactions.length ? [reactions] : []), stateLine, actions);
  const initials = message.author.split(/\s+/).map((name) => name[0]).join("").slice(0, 2).toUpperCase();
  const hue = [...message.author].reduce((hash, character) => (hash * 31 + character.codePointAt(0)) % 1009, 7) % 7;
  item.replaceChildren(make("span", { className: `avatar hue-${hue}`, textContent: initials, ariaHidden: "true" }), body);
  if (focused) {
    const same = focused.dataset.action && $(`[data-action="${focused.dataset.action}"]`, item);
    (same ?? item).focus({ preventScroll: true });
  }
}

function actionsOn({ verdict, editWaits }) {
  const isPublic = verdict === "APPROVED";
  const canDecide = !["IGNORED", "COMMAND", "PRIVATE"].includes(verdict);
  return [
    ...(canDecide && state.approval && (!isPublic || editWaits)
      ? [["approve", editWaits ? "Approve the edit" : "Approve", true]] : []),
    ...(isPublic && state.approval ? [["unapprove", "Take back"]] : []),
    ...(canDecide ? [verdict === "HELD" ? ["unhold", "Release"] : ["hold", "Hold"]] : []),
    ...(canDecide ? [verdict === "REJECTED" ? ["unreject", "Undo reject"] : ["reject", "Reject"]] : []),
    ["edit", "Edit"],
    ["delete", "Delete"],
  ];
}

// ---- what a visitor does

async function act(action) {
  problem("");
  try {
    const response = await fetch(API, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ chat, ...action }),
    });
    if (response.ok) {
      followed = (await response.json()).ts;
    } else {
      problem(await response.text());
    }
    soon = 16;
    look();
    return response.ok;
  } catch {
    problem("The demo has stopped. Start it again, and reload this page.");
    return false;
  }
}

function problem(text) {
  $(".problem").textContent = text;
  $(".problem").hidden = !text;
}

list.addEventListener("click", ({ target }) => {
  const item = target.closest(".message");
  const action = target.closest("button")?.dataset.action;
  item && activate(item);
  if (action === "edit") {
    rewrite(item);
  } else if (action) {
    act({ action, ts: item.dataset.ts });
  }
});

/** Turns a message into a form with its words. */
function rewrite(item) {
  const { ts, text } = state.messages.find((message) => message.ts === item.dataset.ts);
  const words = make("textarea", { rows: 3, ariaLabel: "The message", maxLength: 4000, value: unescaped(text) });
  const cancel = make("button", { type: "button", textContent: "Cancel" });
  const form = make("form", { className: "rewrite" }, words,
    make("p", {}, make("button", { type: "submit", textContent: "Save" }), cancel));
  const close = () => {
    form.remove();
    shown.delete(ts);
    const current = state.messages.find((message) => message.ts === ts);
    if (current) {
      fill(item, current);
      $("[data-action='edit']", item).focus();
      showTour();
    }
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await act({ action: "edit", ts, text: words.value })) {
      close();
    }
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      close();
    } else if (event.key === "Enter" && !event.shiftKey && event.target === words) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  cancel.addEventListener("click", close);
  $(".words", item).replaceWith(form);
  $(".actions", item).remove();
  words.focus();
}

function unescaped(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

composer.addEventListener("submit", async (event) => {
  event.preventDefault();
  const words = $("#words");
  if (!words.value.trim() && !photo) {
    words.focus();
    return;
  }
  const image = photo && { image: photo, alt: $(".photo input").value };
  if (await act({ action: "post", text: words.value, ...image })) {
    words.value = "";
    attach(null);
    list.scrollTop = list.scrollHeight;
  }
});

$("#words").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    composer.requestSubmit();
  }
});

/** Puts a photo beside the words that are being written. */
function attach(file) {
  photo = null;
  $(".photo").hidden = true;
  $(".photo input").value = "";
  $(".file input").value = "";
  if (!file) {
    return;
  }
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    photo = reader.result.slice(reader.result.indexOf(",") + 1);
    $(".photo img").src = reader.result;
    $(".photo").hidden = false;
  });
  reader.readAsDataURL(file);
}

$(".file input").addEventListener("change", ({ target }) => attach(target.files[0]));
$(".photo button").addEventListener("click", () => attach(null));
const newsroom = $(".newsroom");
newsroom.addEventListener("dragover", (event) => {
  event.preventDefault();
  newsroom.classList.add("drop");
});
newsroom.addEventListener("dragleave", ({ relatedTarget }) =>
  newsroom.contains(relatedTarget) || newsroom.classList.remove("drop"));
newsroom.addEventListener("drop", (event) => {
  event.preventDefault();
  newsroom.classList.remove("drop");
  attach([...event.dataTransfer.files].find(({ type }) => type.startsWith("image/")));
});

// ---- moving about

/** Makes a message the one whose buttons the Tab key reaches; there are hundreds of them. */
function activate(item) {
  for (const element of list.querySelectorAll("[tabindex='0'], .message button")) {
    element.tabIndex = -1;
  }
  item.tabIndex = 0;
  item.querySelectorAll("button").forEach((button) => (button.tabIndex = 0));
}

function focusOn(item) {
  if (item) {
    activate(item);
    item.focus();
  }
}

list.addEventListener("keydown", (event) => {
  const item = event.target.closest(".message");
  const sibling = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" }[event.key];
  if (item && sibling && !event.target.closest("form")) {
    event.preventDefault();
    focusOn(item[sibling]);
  }
});

list.addEventListener("scroll", () => {
  if (list.scrollHeight - list.scrollTop - list.clientHeight < 60) {
    $(".newer").hidden = true;
  }
});
$(".newer").addEventListener("click", () => (list.scrollTop = list.scrollHeight));

$(".switch").addEventListener("click", ({ target }) => target.dataset.side && turnTo(target.dataset.side));

function turnTo(side) {
  document.body.dataset.side = side;
  for (const button of document.querySelectorAll(".switch button")) {
    button.ariaPressed = String(button.dataset.side === side);
  }
}

chats.addEventListener("change", () => {
  chat = chats.value;
  state = { messages: [] };
  shown = new Map();
  list.replaceChildren();
  history.replaceState(null, "", `?chat=${chat}`);
  look();
});

// ---- the tour

const STEPS = [
  { action: "approve", isDone: ({ verdict }) => verdict === "APPROVED",
    text: "Keiko’s message about the gavel isn’t public yet. <b>Approve</b> it, and see it appear for readers." },
  { action: "edit", isDone: ({ edited }) => edited,
    text: "Now <b>Edit</b> it. Readers keep the approved words until an editor approves the edit." },
  { action: "unapprove", isDone: ({ verdict }) => verdict !== "APPROVED",
    text: "<b>Take it back</b>. Chatpress deletes the words from every file that readers can fetch." },
  { text: "Readers fetch static files, nothing else. <a target=\"_blank\">Look at the JSON</a> that the page reads." },
];
const FINISHED = "That’s how it works. For your own Slack, create its app as the README says, and run"
  + " <code>java -jar target/chatpress.jar init</code>.";
const step = () => Number(sessionStorage.getItem(`tour ${state.tour}`) ?? 0);
const goTo = (number) => sessionStorage.setItem(`tour ${state.tour}`, number);

function showTour() {
  const message = state.messages.find(({ ts }) => ts === state.tour);
  let number = step();
  while (message && STEPS[number]?.isDone?.(message)) {
    goTo(++number);
  }
  const isMessageNeeded = Boolean(STEPS[number]?.action);
  tour.hidden = !state.tour || number > STEPS.length || (isMessageNeeded && !message);
  const item = message && list.querySelector(`[data-ts="${message.ts}"]`);
  item?.classList.toggle("toured", !tour.hidden && isMessageNeeded);
  for (const hinted of list.querySelectorAll(".hint")) {
    hinted.classList.remove("hint");
  }
  if (tour.hidden) {
    return;
  }
  if (isMessageNeeded) {
    $(`[data-action="${STEPS[number].action}"]`, item)?.classList.add("hint");
  }
  const text = $(".step");
  if (text.dataset.number !== String(number)) {
    text.dataset.number = number;
    text.innerHTML = number < STEPS.length
      ? `<span class="count">${number + 1} of ${STEPS.length}</span> ${STEPS[number].text}` : FINISHED;
    const link = $("a", text);
    if (link) {
      link.href = `chats/${chat}/live.json`;
      link.addEventListener("click", () => {
        goTo(STEPS.length);
        showTour();
      });
    }
    $(".show", tour).hidden = !isMessageNeeded;
  }
}

$(".show", tour).addEventListener("click", () => {
  turnTo("newsroom");
  const item = list.querySelector(".toured");
  item?.scrollIntoView({ block: "center" });
  focusOn(item);
});
$(".close", tour).addEventListener("click", () => {
  goTo(STEPS.length + 1);
  showTour();
});

look();
