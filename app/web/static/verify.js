// Says whether a file is the paper that was issued. The file never leaves the browser: only its digest is computed, and here.
"use strict";

const issued = document.getElementById("digest").textContent.trim();
const place = document.getElementById("place");
const answers = [...place.querySelectorAll("[data-for]")];

function say(what) {
  for (const answer of answers) answer.hidden = answer.dataset.for !== what;
}

async function compare(file) {
  say("");
  if (!file) return;
  if (!globalThis.crypto?.subtle) return say("cannot");
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const words = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  say(words === issued ? "same" : "different");
}

document.getElementById("file").addEventListener("change", (event) => compare(event.target.files[0]));
// Dropped anywhere on the page: a browser that missed the place would open the file instead.
for (const name of ["dragover", "drop"]) {
  addEventListener(name, (event) => {
    event.preventDefault();
    if (name === "drop") compare(event.dataTransfer.files[0]);
  });
}
