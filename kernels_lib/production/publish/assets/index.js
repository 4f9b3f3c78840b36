/* The list of documents: filter by words and kind, sort by a column. */
(function () {
  "use strict";
  const table = document.getElementById("documents");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const filter = document.getElementById("filter");
  const kind = document.getElementById("kind");
  const count = document.getElementById("count");
  const all = count.innerHTML;
  document.querySelector(".controls").hidden = false;

  const words = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  function sift() {
    const asked = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const fits = (!kind.value || row.dataset.kind === kind.value) && asked.every((word) => words.get(row).includes(word));
      row.hidden = !fits;
      if (fits) shown += 1;
    }
    if (shown === rows.length) count.innerHTML = all;
    else count.textContent = shown + " of " + rows.length + " documents";
    document.getElementById("nothing").hidden = shown > 0;
  }
  filter.addEventListener("input", sift);
  kind.addEventListener("change", sift);

  const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
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
})();
