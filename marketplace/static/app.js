// Enhancement only: every page works without this file. No dependencies, no inline handlers, no eval.
const $ = (s, el = document) => el.querySelector(s), $$ = (s, el = document) => [...el.querySelectorAll(s)];
const root = document.documentElement;
const typing = (t) => t.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

// 1. Live parts. A GET form with data-live="#part" fetches its own page again and swaps that part; the address bar
//    stays true. With data-live-to="/address" the form is posted there instead (a preview) and the address stays.
const running = new Map();
async function swap(selector, url, options = {}) {
  const part = $(selector);
  running.get(selector)?.abort();
  const stop = new AbortController();
  running.set(selector, stop);
  part.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { ...options, headers: { "X-Partial": "1" }, signal: stop.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html"), fresh = $(selector, page);
    if (!answer.ok || answer.redirected || !fresh) return false;
    part.replaceChildren(...fresh.childNodes);
    "poll" in fresh.dataset || part.removeAttribute("data-poll");
    bulk();
    return true;
  } catch (error) { return error.name === "AbortError"; }
  finally { part.removeAttribute("aria-busy"); }
}
async function live(form) {
  const { live: selector, liveTo } = form.dataset;
  if (liveTo) return swap(selector, liveTo, { method: "post", body: new FormData(form) });
  const url = new URL(form.action || location.href, location.href);
  url.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== "")).toString();
  if (await swap(selector, url)) history.replaceState(null, "", url); else location.assign(url);
}
let timer;
addEventListener("input", (e) => {
  const { form, type, dataset } = e.target;
  if (dataset?.after) nextDay(e.target);
  if (!form?.dataset.live) return;
  clearTimeout(timer);
  timer = setTimeout(live, form.dataset.liveTo || type === "search" || type === "text" ? 250 : 0, form);
});
addEventListener("submit", (e) => {
  const f = e.target;
  if (f.dataset.live && !f.dataset.liveTo) { e.preventDefault(); return live(f); }
  // 2. One press, one request: a form cannot be sent twice. The server is idempotent as well.
  if (f.method === "post") setTimeout(() => $$("button:enabled", f).forEach((b) => { b.disabled = true; b.dataset.sent = ""; }));
});
addEventListener("pageshow", () => $$("[data-sent]").forEach((b) => { b.disabled = false; delete b.dataset.sent; }));

// 3. Running jobs: look again every two seconds until the part says it is done.
setInterval(() => { if (!document.hidden) $$("[data-poll]").forEach((job) => swap("#" + job.id, location.href)); }, 2000);

// 4. Rows to select, with shift ranges, a live count and a sum per currency.
const sum = (boxes) => {
  const sums = {};
  boxes.forEach(({ dataset: d }) => { if (d.cur) sums[d.cur] = (sums[d.cur] || 0) + Number(d.minor); });
  return Object.entries(sums).map(([currency, minor]) => {
    const write = new Intl.NumberFormat(root.lang, { style: "currency", currency });
    return write.format(minor / 10 ** write.resolvedOptions().maximumFractionDigits);
  }).join(" + ");
};
const rowBoxes = (form) => $$("tbody input[type=checkbox], .people > li input[type=checkbox]", form);
function draw(form) {
  const boxes = rowBoxes(form), on = boxes.filter((b) => b.checked), bar = $("[data-bar]", form), all = $("[data-all]", form);
  if (bar) {
    bar.hidden = !on.length;
    $("[data-live-part]", bar).hidden = false;
    $("[data-count]", bar).textContent = on.length;
    $("[data-sum]", bar).textContent = sum(on);
  }
  if (all) {
    all.hidden = false;
    all.checked = on.length > 0 && on.length === boxes.length;
    all.indeterminate = on.length > 0 && !all.checked;
  }
}
function bulk() { $$("form[data-bulk]").forEach(draw); }
let last;
addEventListener("click", (e) => {
  if (e.target.closest("[data-print]")) print();
  const above = e.target.closest("[data-copy-above]");
  if (above) copyAbove(above);
  const form = e.target.closest?.("form[data-bulk]");
  if (!form || e.target.type !== "checkbox") return;
  const boxes = rowBoxes(form), at = boxes.indexOf(e.target), from = boxes.indexOf(last);
  if ("all" in e.target.dataset) boxes.forEach((b) => (b.checked = e.target.checked));
  else if (e.shiftKey && from >= 0) boxes.slice(Math.min(at, from), Math.max(at, from) + 1).forEach((b) => (b.checked = e.target.checked));
  if (at >= 0) last = e.target;
  draw(form);
});

// 5. Grids of times: Enter and the arrows stay in the column, one button copies the row above,
//    and a wrap before its call says "next day" at once (data-after="id of the call").
const column = (cell) => [...cell.parentElement.children].indexOf(cell);
function move(input, by) {
  const cell = input.closest("td"), rows = $$("tbody tr", cell.closest("table"));
  const row = rows[rows.indexOf(cell.parentElement) + by];
  const next = row?.children[column(cell)]?.querySelector("input");
  next?.focus(); next?.select?.();
  return next;
}
function copyAbove(button) {
  const row = button.closest("tr"), from = $$("input:not([type=hidden])", row.previousElementSibling || row);
  $$("input:not([type=hidden])", row).forEach((input, i) => { if (from[i]) input.value = from[i].value; });
  $("input:not([type=hidden])", row)?.dispatchEvent(new Event("input", { bubbles: true }));
}
function nextDay(wrap) {
  const call = document.getElementById(wrap.dataset.after), note = document.getElementById(wrap.id + "-next");
  if (note) note.hidden = !(wrap.value && call?.value && wrap.value < call.value);
}
$$("[data-after]").forEach(nextDay);

// 6. Keys: "/" search, j k move, x select, s shortlist, b book, "?" the list. Never while typing, never with a modifier,
//    and single letters only while the person's settings allow them.
const rows = () => $$("[data-keys] > li, [data-keys] > tbody > tr");
addEventListener("keydown", (e) => {
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey) return;
  const grid = e.target.closest?.("[data-grid] td input"), by = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (grid && by && (e.key === "Enter" || e.target.type === "text") && move(e.target, by)) return e.preventDefault();
  if (typing(e.target) || root.dataset.keys === "off" || $("dialog[open]")) return;
  const list = rows(), here = list.findIndex((r) => r.contains(document.activeElement));
  const row = list[here] || list.find((r) => r.hasAttribute("aria-current"));
  if (e.key === "/") { const box = $("[data-key='/']"); if (box) { e.preventDefault(); box.focus(); } }
  else if (e.key === "j" || e.key === "k") list[here < 0 ? 0 : Math.max(0, Math.min(list.length - 1, here + (e.key === "j" ? 1 : -1)))]?.querySelector("a, input")?.focus();
  else if (e.key === "x") row?.querySelector("input[type=checkbox]")?.click();
  else if (e.key === "s" || e.key === "b") (row?.querySelector(`[data-do="${e.key}"]`) || $(`[data-detail] [data-do="${e.key}"]`))?.click();
  else if (e.key === "?") $("dialog#keys")?.showModal?.();
});

bulk();
$("[data-errors]")?.focus();
$$(".days [aria-current], .shoot [aria-current]").forEach((el) => {
  const strip = el.closest("ul");
  strip.scrollLeft = el.offsetLeft - (strip.clientWidth - el.offsetWidth) / 2;
});
