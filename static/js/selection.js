/* The officer's choice against the ranking: which decisions do not follow it and need a reason, and whether the quota is
   exceeded. The server decides; this only shows at once what it will ask for. */
"use strict";
(() => {
  const form = document.querySelector("[data-selection]");
  if (!form) return;
  const lines = [...form.querySelectorAll("[data-line]")].filter((line) => line.dataset.rank);
  const over = form.querySelector("[data-over]"), say = document.querySelector("[data-say]");
  const limit = Number(form.dataset.free);

  const verb = (line) => line.querySelector("input[type=radio]:checked")?.value || "";
  const goes = (line) => (line.hasAttribute("data-open") ? verb(line) === "propose" : line.dataset.ahead === "1");
  const rank = (line) => Number(line.dataset.rank);

  function look() {
    const ahead = lines.filter(goes), left = lines.filter((line) => !goes(line));
    const worst = Math.max(0, ...ahead.map(rank)), best = Math.min(Infinity, ...left.map(rank));
    const chosen = lines.filter((line) => line.hasAttribute("data-open") && verb(line));
    let odd = 0;
    for (const line of chosen) {
      const against = verb(line) === "propose" ? rank(line) > best : rank(line) < worst;
      odd += against;
      line.querySelector("[data-odd]").hidden = !against;
      const why = form.querySelector(`[data-why="${line.dataset.pk}"]`);
      why.hidden = !against && !why.hasAttribute("data-tied") && !why.querySelector("textarea").value;
    }
    const proposed = chosen.filter((line) => verb(line) === "propose").length;
    const surplus = form.dataset.free === "" ? 0 : Math.max(0, proposed - limit);
    if (over) over.hidden = !surplus;
    say.textContent = `拟入围 ${proposed} 家，未入围 ${chosen.length - proposed} 家`
      + (surplus ? `，超出名额 ${surplus} 家` : "")
      + (odd ? `；${odd} 项与排名不一致，须写明理由` : "，与排名一致");
  }

  form.addEventListener("change", look);
  look();
})();
