/* Files: chosen or dropped, sent one by one at once with their progress; a refused one keeps its name and its sentence.
   Each kind is a <li data-kind> with a plain form that works without this script. */
"use strict";
(() => {
  const list = document.querySelector(".upload-list");
  if (!list) return;
  const readable = (octets) => `${(octets / 1048576).toFixed(1)} MB`;

  function row(name) {
    const file = document.createElement("div"), box = document.createElement("div");
    file.className = "file";
    file.setAttribute("role", "status");
    const title = document.createElement("div"), note = document.createElement("em"), bar = document.createElement("progress");
    title.textContent = name;
    note.textContent = "等待上传";
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `${name} 上传进度`);
    box.append(title, bar, note);
    file.append(box);
    return {file, note, bar};
  }

  function refuse(shown, sentence) {
    shown.bar.remove();
    shown.file.classList.add("refused");
    shown.file.setAttribute("role", "alert");
    shown.note.className = "err";
    shown.note.textContent = sentence;
  }

  /* The server's row of the kind takes the place of ours; files that wait or were refused move into it. */
  function replace(kind, html, fragments) {
    const item = list.querySelector(`[data-kind="${kind}"]`);
    if (html) {
      const others = [...item.querySelectorAll("[data-uploads] > .file")];
      item.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
      item.querySelector("[data-uploads]").append(...others);
      words();
    }
    if (fragments) document.dispatchEvent(new CustomEvent("house:saved", {detail: {fragments}}));
  }

  function send(form, kind, file, shown) {
    return new Promise((done) => {
      document.dispatchEvent(new Event("house:sending"));
      const request = new XMLHttpRequest(), body = new FormData(form);
      body.delete("file");
      body.append("file", file);
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.upload.onprogress = (event) => {
        shown.bar.value = event.total ? event.loaded / event.total : 0;
        shown.note.textContent = event.loaded < event.total ? `已传 ${readable(event.loaded)} / ${readable(event.total)}` : "已传完，正在核对内容";
      };
      request.onload = () => {
        const answer = request.response || {};
        const refusal = answer.refusals?.[0]?.sentence || (request.status >= 400 && (answer.sentence || "没有上传，请刷新页面后再试。"));
        if (refusal) refuse(shown, refusal);
        else shown.file.remove();
        replace(kind, answer.html, answer.fragments);
        done();
      };
      request.onerror = () => { refuse(shown, "没有上传，网络断开。请重新选择文件。"); done(); };
      request.send(body);
    });
  }

  async function take(form, files) {
    const kind = form.elements.kind.value, most = Number(form.dataset.maxMb) * 1048576;
    const spot = form.parentElement.querySelector("[data-uploads]");
    const jobs = [...files].map((file) => [file, row(file.name)]);
    spot.append(...jobs.map(([, shown]) => shown.file));
    for (const [file, shown] of jobs) {
      if (file.size > most) refuse(shown, `文件 ${readable(file.size)}，超过 ${form.dataset.maxMb} MB。请压缩后重新上传。`);
      else await send(form, kind, file, shown);
    }
  }

  const words = () => list.querySelectorAll("[data-drop-words]").forEach((spot) => { spot.textContent = "把文件拖到这里，或选择文件"; });
  const formOf = (event) => event.target.closest?.("form[data-upload]");
  list.addEventListener("change", (event) => { if (event.target.type === "file" && event.target.files.length) take(formOf(event), event.target.files); });
  for (const name of ["dragover", "dragleave", "drop"]) {
    list.addEventListener(name, (event) => {
      const form = formOf(event);
      if (!form) return;
      event.preventDefault();
      form.classList.toggle("over", name === "dragover");
      if (name === "drop") take(form, event.dataTransfer.files);
    });
  }
  words();
  /* Files chosen before this script was there. */
  for (const field of list.querySelectorAll("input[type=file]")) if (field.files.length) take(field.form, field.files);
})();
