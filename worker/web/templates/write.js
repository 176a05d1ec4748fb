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
const SAME_MOMENT = 15000;
const REFUSED = {
  401: "You are signed out, so your draft is not kept. Save asks you to sign in, and keeps your words.",
  403: "You may not write here any more, so your draft is not kept. Copy what you need.",
};

function fields() {
  return new URLSearchParams(new FormData(form));
}

function later(wait, act) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, wait);
  };
}

function nextPrompt() {
  const found = [...area.value.matchAll(PROMPT)];
  const next = found.find((one) => one.index > area.selectionStart) || found[0];
  if (!next) {
    told.textContent = "No place asks for words any more.";
    return;
  }
  area.focus();
  area.setSelectionRange(next.index, next.index + next[0].length);
  const line = area.value.slice(0, next.index).split("\n").length;
  area.scrollTop = Math.max(0, (line - 6) * parseFloat(getComputedStyle(area).lineHeight));
  told.textContent = `Line ${line}: ${next[0]}`;
}

async function preview() {
  const place = document.querySelector(".preview");
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: fields() });
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

function put(words) {
  area.setRangeText(words, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input"));
}

async function upload(files) {
  const button = form.querySelector("[data-picture]");
  for (const file of files) {
    told.textContent = `${file.name} is on its way.`;
    const sent = new FormData();
    sent.append("form_key", form.elements.form_key.value);
    sent.append("picture", file, file.name);
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(button.dataset.picture, { method: "POST", body: sent, headers });
      const found = answer.headers.get("content-type").includes("json") ? await answer.json() : {};
      if (answer.ok) put(`${found.markdown}\n`);
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

// What was typed in this tab, with the text it was made from: a reload, a session that ended and
// another tab's draft leave it alone. A page that says "Saved" forgets it.
const tab = {
  key: `unsaved ${location.pathname}${form && form.elements.section ? ` ${form.elements.section.value}` : ""}`,
  keep() {
    const words = { text: area.value, base: form.elements.base.value, at: Date.now() };
    try {
      sessionStorage.setItem(this.key, JSON.stringify(words));
    } catch {
      // it is full, or not allowed: then the server alone keeps a draft
    }
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
  if (!words || words.text === area.value) return;
  const draft = document.querySelector("[data-draft-at]");
  if (draft && Date.parse(draft.dataset.draftAt) > words.at - SAME_MOMENT) return;
  const offer = document.querySelector("[data-again]");
  offer.hidden = false;
  offer.querySelector("time").textContent = new Date(words.at).toLocaleTimeString();
  offer.querySelector("[data-put]").addEventListener("click", () => {
    area.value = words.text;
    form.elements.base.value = words.base;
    offer.hidden = true;
    area.focus();
    area.dispatchEvent(new Event("input"));
  });
  offer.querySelector("[data-drop]").addEventListener("click", () => {
    tab.forget();
    offer.hidden = true;
    area.focus();
  });
}

if (area) {
  kept = area.value;
  const previewLater = later(PREVIEW_AFTER, preview);
  const keepLater = later(KEEP_AFTER, keep);
  let saved = false;
  area.addEventListener("input", () => {
    tab.keep();
    previewLater();
    keepLater();
  });
  form.addEventListener("submit", () => {
    saved = true;
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[data-save]"));
    } else if (event.altKey && event.code === "KeyN") {
      event.preventDefault();
      nextPrompt();
    }
  });
  area.addEventListener("paste", (event) => {
    const found = pictures(event.clipboardData);
    if (!found.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    upload(found);
  });
  area.addEventListener("drop", (event) => {
    const found = pictures(event.dataTransfer);
    if (!found.length) return;
    event.preventDefault();
    upload(found);
  });
  form.querySelector("[data-picture]").addEventListener("click", (event) => {
    event.preventDefault();
    const input = form.elements.picture;
    if (input.files.length) upload([...input.files]);
    else input.focus();
  });
  const button = form.querySelector("[data-next]");
  button.hidden = false;
  button.addEventListener("click", nextPrompt);
  window.addEventListener("pagehide", () => {
    if (!saved && area.value !== kept) navigator.sendBeacon(form.dataset.draft, fields());
  });
  offerAgain();
  preview();
}
