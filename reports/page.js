// page.js -- what the page does beyond what it is: sorting, filtering, the theme, opening what a link leads to. Everything
// is readable without it.
"use strict";
(() => {
  const $ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const make = (tag, attributes = {}, text = "") => {
    const e = document.createElement(tag);
    for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
    e.textContent = text;
    return e;
  };

  // Sorting: data-v holds the number where a cell shows one; what is unknown stays last.
  const value = (cell) => cell.dataset.v ?? cell.textContent.trim();
  const compare = (a, b, numeric) => numeric ? a - b : a.localeCompare(b, undefined, { numeric: true });
  const sort = (table, column, header) => {
    const up = header.getAttribute("aria-sort") !== "ascending";
    const numeric = header.classList.contains("n");
    const rows = [...table.tBodies[0].rows].map((row) => [value(row.cells[column]), row]);
    rows.sort(([a], [b]) => {
      if (a === "" || b === "") return (a === "") - (b === "");
      return up ? compare(a, b, numeric) : compare(b, a, numeric);
    });
    table.tBodies[0].append(...rows.map(([, row]) => row));
    $("th", table.tHead).forEach((th) => th.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", up ? "ascending" : "descending");
  };
  for (const table of $("table.sortable"))
    $("tr:last-child th", table.tHead).forEach((th, column) => {
      const button = make("button", { type: "button" }, th.textContent);
      button.addEventListener("click", () => sort(table, column, th));
      th.replaceChildren(button);
    });

  // Filtering: one choice for each column marked data-filter, and words anywhere in the row.
  const table = document.getElementById("all");
  if (table) {
    const bar = make("form", { class: "filters", "aria-label": "Filter kernels" });
    const rows = [...table.tBodies[0].rows];
    const count = make("output", { "aria-live": "polite" });
    const controls = [];
    const update = () => {
      let shown = 0;
      for (const row of rows) {
        row.hidden = !controls.every((c) => c.keeps(row));
        shown += !row.hidden;
      }
      count.textContent = `${shown} of ${rows.length}`;
    };
    const add = (name, control, keeps) => {
      const label = make("label", {}, name);
      label.append(control);
      bar.append(label);
      controls.push({ keeps });
      control.addEventListener("input", update);
    };
    const words = make("input", { type: "search", name: "words" });
    add("search", words, (row) => row.textContent.toLowerCase().includes(words.value.toLowerCase()));
    $("th", table.tHead).forEach((th, column) => {
      if (!("filter" in th.dataset)) return;
      const choice = make("select", { name: th.textContent });
      const seen = [...new Set(rows.map((row) => row.cells[column].textContent))].sort();
      choice.append(new Option("all", ""), ...seen.map((v) => new Option(v, v)));
      add(th.textContent, choice, (row) => !choice.value || row.cells[column].textContent === choice.value);
    });
    bar.append(count);
    bar.addEventListener("submit", (event) => event.preventDefault());
    table.closest(".scroll").before(bar);
    update();
  }

  // Theme: as the system has it until the button is pressed.
  const nav = document.querySelector("nav");
  const toggle = make("button", { type: "button", id: "theme" }, "light or dark");
  toggle.addEventListener("click", () => {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const now = document.documentElement.dataset.theme ?? system;
    document.documentElement.dataset.theme = now === "dark" ? "light" : "dark";
  });
  nav.append(toggle);

  // A link to a kernel opens it.
  const open = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLDetailsElement) {
      target.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", open);
  open();
})();
