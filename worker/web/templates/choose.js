// Offers the people and priorities that the tracker knows, while an action item is written. Without
// scripts, or where the tracker does not answer, the fields take any words.
"use strict";

const form = document.querySelector("form[data-choices]");
const PAUSE = 300;
let timer = 0;

function offer(list, names) {
  const known = new Set([...list.options].map((one) => one.value));
  for (const name of names.filter((one) => !known.has(one))) {
    const option = document.createElement("option");
    option.value = name;
    list.append(option);
  }
}

async function ask(words) {
  try {
    const answer = await fetch(`${form.dataset.choices}?owner=${encodeURIComponent(words)}`);
    if (!answer.ok) {
      document.querySelector("[data-told]").textContent =
        "The tracker does not say who can own it just now. Any name will do.";
      return;
    }
    const found = await answer.json();
    offer(document.getElementById("owners"), found.owners);
    offer(document.getElementById("priorities"), found.priorities);
  } catch {
    // the server is away for a moment: the fields take any words
  }
}

if (form) {
  ask(""); // the priorities
  form.elements.owner.addEventListener("input", () => {
    clearTimeout(timer);
    const words = form.elements.owner.value.trim();
    if (words.length > 1) timer = setTimeout(() => ask(words), PAUSE);
  });
}
