/* Bands and track of the score sheet follow the number field, which is the truth. A band is a button that puts the middle
   of the band into the field; arrow keys count by one, page keys by five. What changes is told by an `input` event, so
   that score.js saves it. */
"use strict";
(() => {
  const TRACK = 400, FIRST_STEP_FROM = 74;
  const points = (input) => (/^\d{1,3}(\.\d{1,2})?$/.test(input.value.trim()) ? Number(input.value) : null);

  /* Inside its band the knob stands at the share of the band that the points have reached; all bands are equally wide. */
  function draw(criterion) {
    const bands = [...criterion.querySelectorAll(".seg")];
    if (!bands.length) return;
    const now = points(criterion.querySelector(".score-input"));
    const place = now === null || now > 100 ? -1 : bands.findLastIndex((band) => now >= Number(band.dataset.low));
    bands.forEach((band, i) => {
      band.classList.toggle("on", i === place);
      band.setAttribute("aria-pressed", String(i === place));
    });
    const knob = criterion.querySelector("[data-knob]"), anchor = criterion.querySelector("[data-anchor]");
    knob.setAttribute("visibility", place < 0 ? "hidden" : "visible");
    anchor.replaceChildren();
    let x = 0;
    if (place >= 0) {
      const { low, high, name, words } = bands[place].dataset;
      const strong = document.createElement("b");
      strong.textContent = name;
      anchor.append(strong, words);
      x = (place + Math.min(1, (now - low) / (Number(high) + 1 - low))) * TRACK / bands.length;
    }
    knob.setAttribute("cx", x);
    criterion.querySelector("[data-fill]").setAttribute("width", x);
  }

  function put(input, value) {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("input", (event) => {
    const criterion = event.target.closest("[data-criterion]");
    if (criterion) draw(criterion);
  });

  document.addEventListener("click", (event) => {
    const band = event.target.closest(".seg");
    if (!band) return;
    const input = band.closest("[data-criterion]").querySelector(".score-input");
    const low = Number(band.dataset.low), high = Number(band.dataset.high), now = points(input);
    if (now === null || now < low || now >= high + 1) put(input, Math.round((low + high) / 2));
    input.focus();
    input.select();
  });

  document.addEventListener("keydown", (event) => {
    const step = { ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey || !event.target.matches(".score-input")) return;
    event.preventDefault();
    put(event.target, Math.min(100, Math.max(0, (points(event.target) ?? FIRST_STEP_FROM) + step)));
  });
})();
