/* A meeting's page looks again every few seconds. The address in data-polls answers with a mark of what this person sees
   and, for those who may know it, with how many have voted. A new mark loads the page again, unless something was typed:
   then a notice offers it. The keys 1, 2, 3 go to the buttons of the vote; Enter presses them. */
"use strict";
(() => {
  const page = document.querySelector("[data-polls]");
  if (!page) return;
  let typed = false;
  addEventListener("input", () => { typed = true; });
  addEventListener("submit", () => { typed = false; });

  const look = async () => {
    if (!document.hidden) {
      try {
        const response = await fetch(page.dataset.polls, { headers: { Accept: "application/json" }, credentials: "same-origin" });
        if (response.redirected || response.status === 404) return location.reload();
        if (response.ok) show(await response.json());
      } catch { /* no connection now: the next look tries again */ }
    }
    setTimeout(look, 4000);
  };

  function show(answer) {
    for (const place of document.querySelectorAll("[data-votes]")) if (answer.votes !== null) place.textContent = answer.votes;
    if (answer.mark === page.dataset.mark) return;
    if (typed || document.querySelector("dialog[open]")) document.getElementById("changed").hidden = false;
    else location.reload();
  }

  addEventListener("keydown", (event) => {
    if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.focus();
  });
  setTimeout(look, 4000);
})();
