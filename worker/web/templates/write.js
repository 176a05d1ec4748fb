// Helps whoever writes: a live preview, the next place that asks for words (Alt+N), Ctrl+S, and a
// draft that is kept on the server, and in this tab, while it is written. The page does without: it
// has its buttons.
"use strict";

const form = document.querySelector("form.editor[data-writes]");
const area = form && form.querySelector("textarea[name=text]");
const told = form && form.querySelector("[data-told]");
const PROMPT = /\[(?![xX ]\])[^[\]^\s][^[\]]*\](?![([:])/g;
const PREVIEW_AFTER = 700;
const KEEP_AFTER = 5000;
const TAB_AFTER = 300;
const SAME_MOMENT = 15000;
const LONGEST_LEFT = 60000; // bytes: browsers send no more than 64 KiB for a page that is left
const LONGEST_SAVE = 15000;
const REFUSED = {
  401: "You are signed out, so your draft is not kept. Save asks you to sign in, and keeps your words.",
  403: "You may not write here any more, so your draft is not kept. Copy what you need.",
};

function fields() {
  return new URLSearchParams(new FormData(form));
}

// Acts after a pause, never twice at once, and leaves the server three times as long alone as the
// last answer took: a long text is looked at less often.
function later(wait, act) {
  let timer = 0;
  let busy = false;
  let again = false;
  let pause = wait;
  async function run() {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    const began = performance.now();
    await act();
    pause = Math.max(wait, 3 * (performance.now() - began));
    busy = false;
    if (again) start();
    again = false;
  }
  function start() {
    clearTimeout(timer);
    timer = setTimeout(run, pause);
  }
  return start;
}

// What writes into the text area; where CodeMirror stands in its place, that does.
let hand = {
  host: area,
  flush: () => {},
  caret: () => area.selectionStart,
  line: () => area.value.slice(0, area.selectionStart).split("\n").length - 1,
  focus: () => area.focus(),
  select(from, to) {
    area.focus();
    area.setSelectionRange(from, to);
    const above = area.value.slice(0, from).split("\n").length - 6;
    area.scrollTop = Math.max(0, above * parseFloat(getComputedStyle(area).lineHeight));
  },
  // Keeps a place for words that come later; gives what puts them there, or at the caret where
  // what stood before the place has changed since.
  keepPlace() {
    const before = area.value.slice(0, area.selectionEnd);
    return (words) => {
      const at = area.value.startsWith(before) ? before.length : area.selectionEnd;
      const isCaret = at === area.selectionEnd;
      area.setRangeText(words, at, at, isCaret ? "end" : "preserve");
      area.dispatchEvent(new Event("input"));
    };
  },
};

function nextPrompt() {
  hand.flush();
  const found = [...area.value.matchAll(PROMPT)];
  const next = found.find((one) => one.index > hand.caret()) || found[0];
  if (!next) {
    told.textContent = "No place asks for words any more.";
    return;
  }
  hand.select(next.index, next.index + next[0].length);
  const line = area.value.slice(0, next.index).split("\n").length;
  told.textContent = `Line ${line}: ${next[0]}`;
}

async function preview() {
  const place = document.querySelector(".preview");
  try {
    const body = fields();
    body.set("line", hand.line());
    const answer = await fetch(form.dataset.preview, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector(".preview");
    if (answer.ok && found) {
      place.replaceChildren(...found.childNodes);
      place.hidden = false;
      const others = page.querySelector("[data-others]").textContent.trim();
      const shown = document.querySelector("[data-others]");
      if (shown.textContent.trim() !== others) shown.textContent = others;
    }
  } catch {
    // the server is away for a moment: the next change asks again
  }
}

let kept = "";
async function keep() {
  if (area.value === kept) return;
  const value = area.value;
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", body: fields() });
    if (answer.ok) {
      kept = value;
      tab.mark("kept", value);
      told.textContent = "Your draft is kept here until you save.";
    } else {
      told.textContent =
        REFUSED[answer.status] ||
        `The server could not keep your draft (${answer.status}). It is in this tab alone.`;
    }
  } catch {
    told.textContent = "The server does not answer. Your words are in this tab alone.";
  }
}

// While pictures are on their way people write on, also elsewhere.
async function upload(files, point) {
  const button = form.querySelector("[data-picture]");
  const places = files.map(() => hand.keepPlace(point));
  for (const [number, file] of files.entries()) {
    told.textContent = `${file.name} is on its way.`;
    const sent = new FormData();
    sent.append("form_key", form.elements.form_key.value);
    sent.append("picture", file, file.name);
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(button.dataset.picture, { method: "POST", body: sent, headers });
      const found = answer.headers.get("content-type").includes("json") ? await answer.json() : {};
      if (answer.ok) places[number](`${found.markdown}\n`);
      told.textContent = answer.ok
        ? `${file.name} is kept beside the document.`
        : found.detail || REFUSED[answer.status] || "The picture was not taken.";
    } catch {
      told.textContent = "The server does not answer, so the picture was not taken.";
    }
  }
}

function pictures(transfer) {
  return [...((transfer && transfer.files) || [])].filter((one) => one.type.startsWith("image/"));
}

// Before whatever else takes it: what holds words as well is no picture.
function takePictures(place) {
  for (const kind of ["paste", "drop"]) {
    const take = (event) => {
      const given = kind === "paste" ? event.clipboardData : event.dataTransfer;
      const found = pictures(given);
      if (!found.length || (kind === "paste" && given.types.includes("text/plain"))) return;
      event.preventDefault();
      event.stopPropagation();
      upload(found, kind === "drop" ? { x: event.clientX, y: event.clientY } : null);
    };
    place.addEventListener(kind, take, true);
  }
}

// A browser that cannot load it goes on with the text area.
async function dress() {
  area.addEventListener("compositionstart", () => (area.composing = true));
  area.addEventListener("compositionend", () => (area.composing = false));
  try {
    const { inPlaceOf } = await import(form.dataset.editor);
    hand = await inPlaceOf(area, form.dataset.codemirror);
    takePictures(hand.host);
  } catch {
    area.hidden = false;
  }
}

// What was typed in this tab, with the text it was made from: a reload, a session that ended and
// another tab's draft leave it alone. A page that says "Saved" forgets what was sent.
const tab = {
  key: `unsaved ${form && form.getAttribute("action")}${form && form.elements.section ? ` ${form.elements.section.value}` : ""}`,
  keep() {
    const { base, draft } = form.elements;
    const [text, behind, at] = [area.value, this.behind, Date.now()];
    this.store({ text, behind, base: base.value, draft: draft.value, at });
  },
  store(words) {
    try {
      sessionStorage.setItem(this.key, JSON.stringify(words));
    } catch {
      // it is full, or not allowed: then the server alone keeps a draft
    }
  },
  mark(name, text, holds = true) {
    this.flush();
    const words = this.words();
    if (words && words.text === text) this.store({ ...words, [name]: holds });
  },
  keepSoon() {
    this.soon = this.soon || setTimeout(() => this.flush(), TAB_AFTER);
  },
  flush() {
    if (!this.soon) return;
    clearTimeout(this.soon);
    this.soon = 0;
    this.keep();
  },
  words() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key));
    } catch {
      return null;
    }
  },
  forget() {
    try {
      sessionStorage.removeItem(this.key);
    } catch {
      // not allowed: nothing was kept
    }
  },
};

function offerAgain() {
  const words = tab.words();
  if (words && words.sent) tab.mark("sent", words.text, false);
  if (!words || words.text === area.value) return;
  const own = CSS.escape(words.draft || "");
  const draft = document.querySelector(`[data-kept="${own}"]`);
  const isLate = draft && Date.parse(draft.dataset.draftAt) > words.at - SAME_MOMENT;
  if (draft && (words.kept || (words.left && isLate))) return;
  const offer = document.querySelector("[data-again]");
  if (!offer) return; // the page of a conflict has them already
  offer.hidden = false;
  offer.querySelector("time").textContent = new Date(words.at).toLocaleTimeString();
  offer.querySelector("[data-put]").addEventListener("click", () => {
    if (words.behind !== area.value) { // else they were typed once this very text was sent
      form.elements.base.value = words.base;
      form.elements.draft.value = words.draft || "";
    }
    area.value = words.text;
    offer.hidden = true;
    area.dispatchEvent(new Event("input"));
    hand.focus();
  });
  offer.querySelector("[data-drop]").addEventListener("click", () => {
    tab.forget();
    offer.hidden = true;
    hand.focus();
  });
}

if (area) {
  kept = "unsaved" in form.dataset ? "" : area.value;
  const previewLater = later(PREVIEW_AFTER, preview);
  const keepLater = later(KEEP_AFTER, keep);
  let saved = false;
  let underWay = 0;
  area.addEventListener("input", () => {
    saved = false;
    tab.keepSoon();
    previewLater();
    keepLater();
  });
  // A second save made from the same text as one that is not answered would conflict with it.
  form.addEventListener("submit", (event) => {
    if (Date.now() - underWay < LONGEST_SAVE) {
      event.preventDefault();
      told.textContent = "The save before this one is under way. What you typed since stays here.";
      return;
    }
    underWay = Date.now();
    saved = true;
    tab.behind = area.value;
    tab.mark("sent", area.value);
  });
  window.addEventListener("pageshow", () => (underWay = 0));
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[data-save]"));
    } else if (event.altKey && event.code === "KeyN") {
      event.preventDefault();
      nextPrompt();
    }
  });
  takePictures(area);
  form.querySelector("[data-picture]").addEventListener("click", (event) => {
    event.preventDefault();
    const input = form.elements.picture;
    if (input.files.length) upload([...input.files]);
    else input.focus();
  });
  const button = form.querySelector("[data-next]");
  button.hidden = false;
  button.addEventListener("click", nextPrompt);
  function leave() {
    tab.flush();
    if (saved || area.value === kept) return;
    if (navigator.sendBeacon(form.dataset.draft, fields())) tab.mark("left", area.value);
    else keep(); // it is too long for that; this ends with the page
  }
  document.addEventListener("visibilitychange", () => document.hidden && leave());
  window.addEventListener("pagehide", leave);
  window.addEventListener("beforeunload", (event) => {
    hand.flush();
    if (saved || area.value === kept || fields().toString().length < LONGEST_LEFT) return;
    keep();
    event.preventDefault();
  });
  offerAgain();
  if ("unsaved" in form.dataset) keepLater();
  preview();
  dress();
}
