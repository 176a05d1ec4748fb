// Follows a job on the page that asked for it: the banner alone changes until the job is over, then
// the page is loaded once more. Without scripts the page asks for itself every two seconds. Where
// something was saved, what the editor kept in this tab and had sent is forgotten; what was typed
// after that, or in another part, is not.
"use strict";

const PAUSE = 1000;
const banner = document.querySelector("[data-live]");

async function follow() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = next.querySelector(".job");
    if (!answer.ok || !found || !found.hasAttribute("data-live")) {
      location.reload();
      return;
    }
    if (found.textContent !== banner.textContent) banner.replaceChildren(...found.childNodes);
  } catch {
    // the server is away for a moment: the next look tells
  }
  setTimeout(follow, PAUSE);
}

if (document.querySelector("[data-saved]")) {
  try {
    const mine = `unsaved ${location.pathname}/edit`;
    Object.keys(sessionStorage)
      .filter((key) => key === mine || key.startsWith(`${mine} `))
      .filter((key) => JSON.parse(sessionStorage.getItem(key)).sent)
      .forEach((key) => sessionStorage.removeItem(key));
  } catch {
    // storage is not allowed: nothing was kept
  }
}

if (banner) setTimeout(follow, PAUSE);
