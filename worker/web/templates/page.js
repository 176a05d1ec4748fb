// On every page but the editor: j and k go over the rows of a list, / goes to the search; and each time
// says on hover when that was where the reader is. Nothing happens while somebody types.
"use strict";

const ROWS = "main .items tbody tr, main article.card, main .parked li";
const SEARCH = "/postmortems#search";
const TYPED_IN = "input, textarea, select, [contenteditable]";
const HERE = { dateStyle: "full", timeStyle: "long" };

function rows() {
  return [...document.querySelectorAll(ROWS)].filter((one) => one.checkVisibility());
}

function go(step) {
  const all = rows();
  const at = all.findIndex((one) => one.contains(document.activeElement));
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
  if (!next) return;
  const link = next.querySelector("a[href]");
  if (!link) next.tabIndex = -1;
  (link || next).focus();
  next.scrollIntoView({ block: "nearest" });
}

function search() {
  const field = document.querySelector("main input[type=search]");
  if (field) {
    field.focus();
    field.select();
  }
  if (!field) location.assign(SEARCH);
}

const KEYS = { j: () => go(1), k: () => go(-1), "/": search };

document.addEventListener("keydown", (event) => {
  const inside = event.composedPath()[0];
  const typed = inside instanceof Element && inside.closest(TYPED_IN);
  if (typed || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

for (const time of document.querySelectorAll("time[datetime*=T]")) {
  const at = new Date(time.dateTime);
  if (!Number.isNaN(at.valueOf())) time.title = at.toLocaleString(undefined, HERE);
}

if (location.hash === "#search") search();
