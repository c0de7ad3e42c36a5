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

  /* Entry by entry what this page has and what was saved elsewhere; what is the same on both sides is left out. */
  function showDifferences(sheet, list, { points, opinion, advice }) {
    const choices = [...sheet.elements.advice];
    const called = (code) => choices.find((choice) => choice.value === code)?.parentNode.textContent.trim() || "";
    const pairs = [...sheet.querySelectorAll("[data-criterion]")].map((criterion) => [
      criterion.querySelector("h3").textContent,
      criterion.querySelector(".score-input").value.trim(),
      String(points[criterion.dataset.criterion] ?? ""),
    ]);
    pairs.push(["评审意见", sheet.elements.opinion.value.trim(), (opinion || "").trim()]);
    pairs.push(["建议", called(sheet.elements.advice.value), called(advice)]);
    list.replaceChildren();
    for (const [label, mine, theirs] of pairs.filter(([, mine, theirs]) => mine !== theirs)) {
      for (const [tag, text] of [["dt", label], ["dd", `本页：${mine || "没有填写"}`], ["dd", `已保存：${theirs || "没有填写"}`]]) {
        list.append(Object.assign(document.createElement(tag), { textContent: text }));
      }
    }
  }

  return { showError, showSummary, showDifferences };
})();
