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
/** Public, with an edit that is not. */
const EDIT_WAITS = ["waiting", "Edit not public"];
/** What a message shows from the click until the cycle has seen to it. */
const UNDER_WAY = {
  approve: "Publishing…",
  unapprove: "Taking it back…",
  hold: "Holding…",
  unhold: "Undoing…",
  reject: "Rejecting…",
  unreject: "Undoing…",
};
/** After these, readers see the message no more. */
const TAKES_BACK = ["unapprove", "hold", "reject"];

let chat = new URLSearchParams(location.search).get("chat") ?? "";
let state = { messages: [] };
let shown = new Map(); // by ts: what a message's element was made from
let photo = null;
let followed = ""; // ts of the message that the readers' page scrolls to
let soon = 0; // how many looks are left that come quickly
const posted = new Set(); // by ts: what the visitor wrote in this tab
const underWay = new Map(); // by ts: the action, and the message as it was before
let timer = 0;
let isAtEnd = true; // of the newsroom's messages

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
  soon = Math.max(0, soon - 1);
  if (soon === 0 && underWay.size > 0) {
    underWay.clear();
    show(state);
  }
  follow();
  timer = setTimeout(look, soon ? 250 : 1000);
}

/** Shows in the readers' page what became of the message that the visitor touched last. */
function follow() {
  if (soon === 0 && readers.clientHeight > 0 && !$(".rewrite", list)) {
    followed = "";
  }
  const message = followed && readers.contentDocument?.getElementById(`m-${followed}`);
  if (message) {
    const { top, bottom } = message.getBoundingClientRect();
    if (top < 0 || bottom > readers.clientHeight) {
      readers.contentWindow.scrollBy(0, (top + bottom - readers.clientHeight) / 2);
    }
  }
}

/** Whether the readers' page shows this message: then it is public, even if that was not so at the last look. */
function isSeen(ts) {
  return Boolean(readers.contentDocument?.getElementById(`m-${ts}`));
}

/** The messages as both sides together know them. */
function known() {
  return state.messages.map((message) => {
    const isUnderWay = underWay.has(message.ts);
    const isNewlyPublic = !isUnderWay && STATES[message.verdict][0] === "waiting" && isSeen(message.ts);
    return isNewlyPublic ? { ...message, verdict: "APPROVED", reason: "" } : message;
  });
}

/** Forgets the actions that a cycle has seen to. */
function settle() {
  for (const { ts, verdict, editWaits } of state.messages) {
    if (!underWay.has(ts)) {
      continue;
    }
    const { action, before } = underWay.get(ts);
    const isChanged = before.verdict !== verdict || (before.editWaits !== editWaits && !TAKES_BACK.includes(action));
    const isPublic = before.verdict !== "APPROVED" && isSeen(ts);
    if (isPublic || (isChanged && (verdict === "APPROVED" || !isSeen(ts)))) {
      underWay.delete(ts);
      if (readers.clientHeight === 0) { // a phone shows one side at a time
        hasNews(true);
      }
    }
  }
}

function hasNews(is) {
  const button = $(".switch [data-side='readers']");
  button.classList.toggle("news", is);
  button.ariaLabel = is ? "Readers: there is a change" : null;
}

readers.addEventListener("load", () => {
  // Before the browser draws the change, so that the two sides never contradict each other.
  new MutationObserver(() => {
    if (state.slug) {
      show(state);
      follow();
    }
  }).observe(readers.contentDocument.body, { childList: true, subtree: true });
  for (const event of ["wheel", "touchmove"]) {
    readers.contentWindow.addEventListener(event, () => (followed = ""), { passive: true });
  }
});

function show(next) {
  const isFirst = !state.slug;
  isAtEnd = endIsInSight();
  state = next;
  if (isFirst) {
    showChat();
  }
  settle();
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
  for (const message of known()) {
    const source = JSON.stringify([message, underWay.get(message.ts)?.action]);
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
  $(".newsroom .head p").textContent = state.ended ? "The replay has ended; what you write still goes to readers"
    : state.approval ? "In Slack, where you play every reporter and editor" : "In Slack; every message is public at once";
  showTour();
  const toured = list.querySelector(".toured");
  if (isFirst && toured) {
    list.scrollTop = toured.offsetTop - list.offsetTop - (list.clientHeight - toured.offsetHeight) / 2;
  } else if (soon && toured?.dataset.ts === followed) {
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

function endIsInSight() {
  return list.scrollHeight - list.scrollTop - list.clientHeight < 60;
}

function showChat() {
  chat = state.slug;
  $("#channel").textContent = `# ${state.channel}`;
  $(".composer > label").textContent = state.approval ? `Write as ${state.reporter}, a reporter` : `Write to # ${state.channel}`;
  readers.src = `readers.html?chat=${chat}`;
  $(".alone").href = readers.src;
  chats.hidden = state.chats.length < 2;
  chats.replaceChildren(...state.chats.map(({ slug, name }) => new Option(`# ${name}`, slug, false, slug === chat)));
}

function fill(item, message) {
  const focused = item.contains(document.activeElement) ? document.activeElement : null;
  const isWorking = underWay.has(message.ts);
  const [kind, word] = isWorking ? ["waiting", UNDER_WAY[underWay.get(message.ts).action]]
    : message.editWaits ? EDIT_WAITS : STATES[message.verdict];
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
    make("span", { textContent: isWorking ? "" : message.editWaits ? editWaits() : message.reason }));
  const actions = make("div", { className: "actions", role: "group", ariaLabel: "What an editor can do" },
    ...actionsOn(message).map(([action, text, isPrimary]) => make("button", {
      type: "button", textContent: text, className: isPrimary && !isWorking ? "primary" : "",
      title: tip(action), ariaDisabled: isWorking ? "true" : null,
      dataset: { action, ...(state.emoji[action] && { emoji: state.emoji[action] }) },
      tabIndex: item.tabIndex,
    })));
  const status = make("div", { className: "status" }, ...(message.reactions.length ? [reactions] : []), stateLine);
  const body = make("div", {}, by, words, ...images, status, actions);
  const initials = message.author.split(/\s+/).map((name) => name[0]).join("").slice(0, 2).toUpperCase();
  const hue = [...message.author].reduce((hash, character) => (hash * 31 + character.codePointAt(0)) % 1009, 7) % 7;
  item.replaceChildren(make("span", { className: `avatar hue-${hue}`, textContent: initials, ariaHidden: "true" }), body);
  if (focused) {
    const same = focused.dataset.action && $(`[data-action="${focused.dataset.action}"]`, item);
    (same ?? item).focus({ preventScroll: true });
  }
}

function editWaits() {
  const [first, other] = state.approving;
  return `Readers still see the approved words. To publish the edit, approve it again: in Slack, ${other
    ? `add ${other} too, or ` : ""}remove your ${first}, wait half a minute, and add it again.`;
}

/** What a button does, and how an editor does it in Slack. */
function tip(action) {
  const { hold, reject } = state.emoji;
  const [approve] = state.approving;
  return {
    approve: `Readers see it. In Slack: react with ${approve}`,
    unapprove: `Readers lose it. In Slack: remove your ${approve}`,
    hold: `Not public for now. In Slack: react with ${hold}`,
    unhold: `As it was before the hold. In Slack: remove the ${hold}`,
    reject: `Not public, whoever approves it. In Slack: react with ${reject}`,
    unreject: `As it was before. In Slack: remove the ${reject}`,
    edit: "Readers keep the approved words. In Slack: edit the message",
    delete: "Readers lose it, for good. In Slack: delete the message",
  }[action];
}

function actionsOn({ verdict, editWaits }) {
  const isPublic = verdict === "APPROVED";
  const canDecide = !["IGNORED", "COMMAND", "PRIVATE"].includes(verdict);
  return [
    ...(canDecide && state.approval && (!isPublic || editWaits)
      ? [["approve", editWaits ? "Approve the edit" : "Approve", true]] : []),
    ...(isPublic && state.approval ? [["unapprove", "Take back"]] : []),
    ...(canDecide ? [verdict === "HELD" ? ["unhold", "Undo hold"] : ["hold", "Hold"]] : []),
    ...(canDecide ? [verdict === "REJECTED" ? ["unreject", "Undo reject"] : ["reject", "Reject"]] : []),
    ["edit", "Edit"],
    ["delete", "Delete"],
  ];
}

// ---- what a visitor does

async function act(action) {
  problem("");
  const before = state.messages.find(({ ts }) => ts === action.ts);
  if (before && UNDER_WAY[action.action]) {
    underWay.set(action.ts, { action: action.action, before });
    soon = 16;
    show(state);
  }
  try {
    const response = await fetch(API, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ chat, ...action }),
    });
    if (response.ok) {
      followed = (await response.json()).ts;
      action.action === "post" && posted.add(followed);
    } else {
      problem(await response.text());
      underWay.delete(action.ts);
    }
    soon = 16;
    await look();
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
  } else if (action === "delete") {
    askBeforeDelete(item);
  } else if (action && !underWay.has(item.dataset.ts)) {
    act({ action, ts: item.dataset.ts });
  }
});

/** As Slack does: nothing brings a deleted message back. */
function askBeforeDelete(item) {
  const dialog = $("#delete");
  dialog.dataset.ts = item.dataset.ts;
  const shownOfIt = [...item.querySelectorAll(".by, .words, .picture")];
  $("blockquote", dialog).replaceChildren(...shownOfIt.map((element) => element.cloneNode(true)));
  dialog.showModal();
}

$("#delete .danger").addEventListener("click", () => {
  const dialog = $("#delete");
  dialog.close();
  act({ action: "delete", ts: dialog.dataset.ts });
});

/** Turns a message into a form with its words. */
function rewrite(item) {
  const { ts, text } = state.messages.find((message) => message.ts === item.dataset.ts);
  followed = ts; // what readers see stays in sight meanwhile
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

// Later than the click that takes the focus away: it would miss a button that moves under it.
composer.addEventListener("focusin", () => composer.classList.add("open"));
composer.addEventListener("focusout", () =>
  setTimeout(() => composer.classList.toggle("open", composer.matches(":focus-within")), 500));

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

// A photo gets its height when it is there.
list.addEventListener("load", () => isAtEnd && !$(".toured", list) && (list.scrollTop = list.scrollHeight), true);
list.addEventListener("scroll", () => {
  if (endIsInSight()) {
    $(".newer").hidden = true;
  }
});
$(".newer").addEventListener("click", () => (list.scrollTop = list.scrollHeight));

$(".switch").addEventListener("click", ({ target }) => target.dataset.side && turnTo(target.dataset.side));

function turnTo(side) {
  document.body.dataset.side = side;
  if (side === "readers") {
    hasNews(false);
    soon = Math.max(soon, 2);
    follow();
  }
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
    text: "<span class=\"author\"></span>’s message isn’t public yet. <b>Approve</b> it, and see it appear for readers." },
  { action: "edit", isDone: ({ text }, textBefore) => text !== textBefore,
    text: "Readers see it now. <b>Edit</b> it: they keep the approved words until an editor approves the edit." },
  { action: "unapprove", isDone: ({ verdict, ts }) => verdict !== "APPROVED" && !isSeen(ts),
    text: "<b>Approve the edit</b> if you like, then <b>Take it back</b>: no file that readers fetch keeps the words." },
  { text: "Readers fetch static files, nothing else. <button type=\"button\" data-opens=\"json\">Look at the JSON</button>" },
];
const WRITE_FIRST = "Write a message below: it isn’t public until an editor approves it.";
const FINISHED = "That’s how it works. Next: <button type=\"button\" data-opens=\"own-slack\">Use your own Slack</button>";

/** Each tab has a tour of its own, since several may show the same chat. */
const place = () => JSON.parse(sessionStorage.getItem(`tour ${state.tour}`)) ?? { number: 0 };
const goTo = (number, message) =>
  sessionStorage.setItem(`tour ${state.tour}`, JSON.stringify({ number, ts: message?.ts, text: message?.text }));

/** A message that the tour can begin with, which no editor of the story approves: all do when the story has ended. */
function unapproved() {
  const waiting = state.messages.filter(({ verdict, edited }) => ["PENDING", "NEW"].includes(verdict) && !edited);
  return waiting.find(({ ts }) => ts === state.tour)
    ?? waiting.findLast(({ ts }) => state.ended || posted.has(ts));
}

function showTour() {
  let { number, ts, text: textBefore } = place();
  let message = state.messages.find((other) => other.ts === ts);
  if (state.tour && STEPS[number]?.action && !message) {
    number = 0;
    message = unapproved();
    message && goTo(0, message);
  }
  while (message && STEPS[number]?.isDone?.(message, textBefore)) {
    goTo(++number, message);
    textBefore = message.text;
  }
  const isAboutMessage = Boolean(STEPS[number]?.action);
  tour.hidden = !state.tour || number > STEPS.length;
  $(".again").hidden = !state.tour || !tour.hidden;
  const item = message && list.querySelector(`[data-ts="${message.ts}"]`);
  for (const other of list.querySelectorAll(".toured, .hint")) {
    if (other !== item) {
      other.classList.remove("toured", "hint");
    }
  }
  item?.classList.toggle("toured", !tour.hidden && isAboutMessage);
  if (tour.hidden) {
    return;
  }
  if (item && isAboutMessage && !underWay.has(message.ts)) {
    $(`[data-action="${STEPS[number].action}"]`, item)?.classList.add("hint");
  }
  const step = $(".step");
  const key = `${number} ${message?.ts}`;
  if (step.dataset.key !== key) {
    step.dataset.key = key;
    step.innerHTML = number === STEPS.length ? FINISHED
      : `<span class="count">${number + 1} of ${STEPS.length}</span> ${
        isAboutMessage && !message ? WRITE_FIRST : STEPS[number].text}`;
    $(".author", step)?.replaceWith(message.author);
    $(".show", tour).hidden = !item || !isAboutMessage;
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
$(".again").addEventListener("click", () => {
  goTo(0);
  showTour();
  list.querySelector(".toured") ? $(".show", tour).click() : $("#words").focus();
});

// ---- dialogs

document.addEventListener("click", ({ target }) => {
  const opens = target.closest("[data-opens]")?.dataset.opens;
  if (opens) {
    document.getElementById(opens).showModal();
  }
  if (opens === "json") {
    showJson();
  }
  if (target.closest(".closes") || target.matches("dialog")) { // a dialog itself is its backdrop
    target.closest("dialog").close();
  }
});

async function showJson() {
  const url = `chats/${chat}/live.json`;
  $("#json a").href = url;
  const response = await fetch(url, { cache: "no-cache" });
  $("#json pre").textContent = response.ok ? JSON.stringify(await response.json(), null, 2) : "Nothing is published yet.";
  if (place().number === STEPS.length - 1) {
    goTo(STEPS.length);
    showTour();
  }
}

look();
