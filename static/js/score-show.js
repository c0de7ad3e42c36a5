/* What a save of the score sheet says at its fields and in its sum; used by score.js. */
"use strict";
window.scoreSheet = (() => {
  function showError(field, sentence) {
    const place = document.getElementById(`e-${field}`);
    const input = document.getElementById(`points-${field}`) || document.getElementById(field);
    if (!place || !input) return false;
    place.hidden = !sentence;
    place.querySelector("span").textContent = sentence;
    input.setAttribute("aria-invalid", String(Boolean(sentence)));
    return true;
  }

  function showSummary(sheet, { total, criteria, scored, weight, missing }) {
    const find = (name) => sheet.querySelector(`[data-${name}]`);
    find("total").textContent = total || "—";
    find("total").classList.toggle("none", !total);
    find("total-note").textContent = total ? "" : `评完 ${criteria} 项后显示`;
    find("scored").textContent = `已评 ${scored} 项，占权重 ${weight}%`;
    find("missing").hidden = !missing;
    find("missing").querySelector("span").textContent = `还有 ${criteria - scored} 项未评分：${missing}。`;
  }

  return { showError, showSummary };
})();
