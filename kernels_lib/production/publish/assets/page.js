/* The page: charts drawn as the reader nears them, all of them before printing; contents that follow. */
(function () {
  "use strict";
  const DESIGNED = 824; // px, the width that wide charts are laid out for
  const NARROW = 720; // px of window, below which the narrow form is drawn
  const PAPER = 672; // px, A4 without its margins
  let printing = false;

  const charts = window.scorecard;
  if (charts) {
    const near = new Set();

    const show = function (figure) {
      if (printing) return charts.draw(figure, "wide", DESIGNED, 0, PAPER / DESIGNED);
      const room = figure.querySelector(".plot").clientWidth;
      if (!room) return undefined; // inside something folded: drawn when it opens
      if (window.innerWidth <= NARROW) return charts.draw(figure, "narrow", room, 0, 1);
      // A chart laid out for more room is shown smaller rather than squeezed.
      return room < DESIGNED - 24
        ? charts.draw(figure, "wide", DESIGNED, 0, room / DESIGNED)
        : charts.draw(figure, "wide", room, 0, 1);
    };
    charts.drawAll = function () {
      for (const figure of charts.figures) {
        near.add(figure);
        show(figure);
      }
      return charts.drawn();
    };

    const watcher = new IntersectionObserver(function (entries) {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        watcher.unobserve(entry.target);
        near.add(entry.target);
        charts.soon(function () { show(entry.target); });
      }
    }, { rootMargin: "600px 0px" });
    for (const figure of charts.figures) watcher.observe(figure);

    let waiting = 0;
    window.addEventListener("resize", function () {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(function () { for (const figure of near) show(figure); }, 120);
    });

    /* What a reader takes along from a chart: the picture, or its numbers. */
    const hand = function (address, name) {
      const link = document.createElement("a");
      link.href = address;
      link.download = name;
      link.click();
    };
    const acts = {
      save: (figure, name) => charts.picture(figure).then((canvas) => hand(canvas.toDataURL("image/png"), name + ".png")),
      copy: function (figure) {
        const said = figure.querySelector(".said");
        const png = charts.picture(figure).then((canvas) => new Promise((done) => canvas.toBlob(done, "image/png")));
        return navigator.clipboard.write([new ClipboardItem({ "image/png": png })]).then(
          function () { said.textContent = said.dataset.done; },
          function () { said.textContent = said.dataset.failed; });
      },
      download: function (figure, name) {
        // The mark tells spreadsheets that the text is UTF-8.
        hand("data:text/csv;charset=utf-8," + encodeURIComponent("\ufeff" + table(figure.querySelector(".numbers"))), name + ".csv");
      },
    };
    for (const row of document.querySelectorAll(".acts")) row.hidden = false;
    for (const button of document.querySelectorAll(".act")) {
      if (button.dataset.act === "copy" && !(navigator.clipboard && window.ClipboardItem)) {
        button.remove();
        continue;
      }
      button.addEventListener("click", function () { acts[button.dataset.act](button.closest("figure"), button.dataset.name); });
    }
  }

  /* A table as CSV: numbers as programs read them, and on every row what they rest on. */
  function table(source) {
    const quoted = (text) => '"' + (/^[=+\-@\t\r]/.test(text) ? "'" + text : text).replace(/"/g, '""') + '"';
    const head = Array.from(source.tHead.rows[0].cells, (cell) => quoted(Array.from(cell.childNodes, (n) => n.textContent).join(", ")));
    const lines = [head.concat(quoted(source.dataset.basis)).join(",")];
    for (const row of source.tBodies[0].rows) {
      const cells = Array.from(row.cells, function (cell) {
        if ("v" in cell.dataset) return cell.dataset.v;
        return /^\d+(\.\d+)?$/.test(cell.textContent) ? cell.textContent : quoted(cell.textContent);
      });
      // Words where rows are left out go across all columns.
      if (cells.length === 1) while (cells.length < head.length) cells.push('""');
      lines.push(cells.concat(quoted(source.dataset.is.trim())).join(","));
    }
    return lines.join("\r\n") + "\r\n";
  }

  /* The summary alone, on one sheet. */
  for (const button of document.querySelectorAll(".onepage")) {
    button.hidden = false;
    button.addEventListener("click", function () {
      document.documentElement.classList.add("one-page");
      window.print();
    });
  }
  window.addEventListener("afterprint", function () { document.documentElement.classList.remove("one-page"); });

  /* Paper: everything open, everything drawn at the paper's width; afterwards as it was. */
  const opened = [];
  function before() {
    if (printing) return;
    printing = true;
    for (const fold of document.querySelectorAll("details.fold:not([open])")) {
      fold.open = true;
      opened.push(fold);
    }
    if (charts) charts.drawAll();
  }
  function after() {
    if (!printing) return;
    printing = false;
    while (opened.length) opened.pop().open = false;
    if (charts) charts.drawAll();
  }
  window.addEventListener("beforeprint", before);
  window.addEventListener("afterprint", after);
  window.matchMedia("print").addEventListener("change", function (event) { (event.matches ? before : after)(); });

  /* A link into something folded opens it. */
  function reveal() {
    const target = window.location.hash.length > 1 && document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
    for (let fold = target && target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  }
  window.addEventListener("hashchange", reveal);
  reveal();

  /* The contents show where the reader is. */
  const links = new Map();
  for (const link of document.querySelectorAll(".rail a")) links.set(link.getAttribute("href").slice(1), link);
  const parts = Array.from(links.keys(), (id) => document.getElementById(id)).filter(Boolean);
  function mark() {
    let current = parts[0];
    for (const part of parts) if (part.getBoundingClientRect().top < window.innerHeight * 0.3) current = part;
    // The last sections may be too short to reach the top of the window.
    if (window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2) current = parts[parts.length - 1];
    for (const part of parts) {
      const link = links.get(part.id);
      if (part === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }
  if (parts.length) {
    const follower = new IntersectionObserver(mark, { rootMargin: "-30% 0px -69% 0px" });
    for (const part of parts) follower.observe(part);
    mark();
  }
  for (const link of document.querySelectorAll(".tocd a")) {
    link.addEventListener("click", function () { link.closest("details").open = false; });
  }
})();
