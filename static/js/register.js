/* Registration: says at once whether the credit code is right and free, and suggests the region it holds. The server
   checks both again; without this script nothing is missing but the early word. */
"use strict";
(() => {
  const box = document.querySelector("[data-check-code]");
  if (!box) return;
  const input = box.querySelector("input");
  const status = box.querySelector("[data-check-status]");
  const region = document.getElementById("id_region");

  input.addEventListener("change", async () => {
    status.textContent = "";
    if (!input.value.trim()) return;
    const asked = input.value;
    try {
      const response = await fetch(`${box.dataset.checkCode}?code=${encodeURIComponent(asked)}`, { credentials: "same-origin" });
      const answer = await response.json();
      if (input.value !== asked) return;
      box.querySelector(".errorlist")?.remove();
      status.className = answer.ok ? "good" : "err";
      status.textContent = answer.sentence;
      input.setAttribute("aria-invalid", String(!answer.ok));
      if (answer.region && !region.value) region.value = answer.region;
    } catch {
      status.textContent = ""; // the check at submit remains
    }
  });
})();
