/* The list of documents: search the clients by words, industry and status; sort each table by a column. */
(function () {
  "use strict";
  const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
  for (const table of document.querySelectorAll("table")) sortable(table);
  const clients = document.getElementById("documents");
  if (clients) searchable(clients);

  function searchable(table) {
    const rows = Array.from(table.tBodies[0].rows);
    const filter = document.getElementById("filter");
    const choices = Array.from(document.querySelectorAll(".controls select"));
    const count = document.getElementById("count");
    document.querySelector(".controls").hidden = false;
    const words = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

    function sift() {
      const asked = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const chosen = choices.every((choice) => !choice.value || row.dataset[choice.id] === choice.value);
        const fits = chosen && asked.every((word) => words.get(row).includes(word));
        row.hidden = !fits;
        if (fits) shown += 1;
      }
      count.textContent = count.dataset.text.replace("{shown}", shown).replace("{all}", rows.length);
      document.getElementById("nothing").hidden = shown > 0;
    }
    filter.addEventListener("input", sift);
    for (const choice of choices) choice.addEventListener("change", sift);
  }

  function sortable(table) {
    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    Array.from(table.tHead.rows[0].cells).forEach(function (head, column) {
      if (head.dataset.sort === "none") return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", function () {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const key = (row) => {
          const cell = row.cells[column];
          return "key" in cell.dataset ? cell.dataset.key : cell.textContent.trim();
        };
        const sorted = rows.slice().sort(function (one, two) {
          const a = key(one);
          const b = key(two);
          // What is missing stays at the end, whichever way the column is sorted.
          if (!a || !b) return (a ? 0 : 1) - (b ? 0 : 1);
          const way = head.dataset.sort === "number" ? Number(a) - Number(b) : order.compare(a, b);
          return down ? -way : way;
        });
        body.append(...sorted);
      });
    });
  }
})();
