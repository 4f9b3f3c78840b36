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
        show(entry.target);
      }
    }, { rootMargin: "600px 0px" });
    for (const figure of charts.figures) watcher.observe(figure);

    let waiting = 0;
    window.addEventListener("resize", function () {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(function () { for (const figure of near) show(figure); }, 120);
    });

    for (const button of document.querySelectorAll(".save")) {
      button.hidden = false;
      button.addEventListener("click", function () {
        charts.save(button.closest("figure")).then(function (url) {
          const link = document.createElement("a");
          link.href = url;
          link.download = button.dataset.name + ".png";
          link.click();
        });
      });
    }
  }

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
