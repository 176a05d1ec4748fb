// Helps whoever writes: a live preview, the next place that asks for words (Alt+N), Ctrl+S, and a
// draft that is kept on the server while it is written. The page does without: it has its buttons.
"use strict";

const form = document.querySelector("form.editor[data-writes]");
const area = form && form.querySelector("textarea[name=text]");
const PROMPT = /\[(?![xX ]\])[^[\]^\s][^[\]]*\](?![([:])/g;
const PREVIEW_AFTER = 700;
const KEEP_AFTER = 5000;

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
  const told = form.querySelector("[data-told]");
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
    }
  } catch {
    // the server is away for a moment: the next change asks again
  }
}

let kept = "";
async function keep() {
  if (area.value === kept) return;
  const value = area.value;
  const told = form.querySelector("[data-told]");
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", body: fields() });
    if (answer.ok) {
      kept = value;
      told.textContent = "Your draft is kept here until you save.";
    }
  } catch {
    told.textContent = "The server does not answer. Your words are in this window alone.";
  }
}

if (area) {
  kept = area.value;
  const previewLater = later(PREVIEW_AFTER, preview);
  const keepLater = later(KEEP_AFTER, keep);
  let saved = false;
  area.addEventListener("input", () => {
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
  const button = form.querySelector("[data-next]");
  button.hidden = false;
  button.addEventListener("click", nextPrompt);
  window.addEventListener("pagehide", () => {
    if (!saved && area.value !== kept) navigator.sendBeacon(form.dataset.draft, fields());
  });
  preview();
}
