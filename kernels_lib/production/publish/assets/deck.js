/* The deck: reveal.js without its decoration, charts drawn when their slide is shown. */
(function () {
  "use strict";
  const root = document.documentElement;
  const charts = window.scorecard;

  function show(figure) {
    const box = figure.querySelector(".plot");
    if (!box.clientWidth || !box.clientHeight) return;
    charts.draw(figure, "deck", box.clientWidth, box.clientHeight, 1);
  }

  /* Slides that are not shown have no size; this lays all of them out, one below the other. */
  function together(action) {
    const already = root.classList.contains("together");
    root.classList.add("together");
    try { action(); } finally { if (!already) root.classList.remove("together"); }
  }

  if (charts) {
    charts.drawAll = function () {
      together(function () { charts.figures.forEach(show); });
      return charts.drawn();
    };
  }

  const presenter = root.classList.contains("presenter");
  Reveal.initialize({
    embedded: presenter,
    width: 1280, height: 720, margin: 0, minScale: 0.05, maxScale: 4, center: false, display: "flex",
    controls: false, progress: false, slideNumber: false, hash: true, history: false,
    transition: "none", backgroundTransition: "none", autoAnimate: false,
    viewDistance: 2, scrollActivationWidth: 0, help: true, overview: false, keyboard: { 27: turn, 79: turn }, touch: true, pdfSeparateFragments: false,
  });

  function current() {
    const slide = Reveal.getCurrentSlide();
    if (charts && slide) {
      for (const figure of slide.querySelectorAll("[data-figure]")) charts.soon(function () { show(figure); });
    }
    if (presenter && slide) speak(slide);
  }

  /* The presenter's own deck: what to say, what comes next, and how long it has been. */
  function speak(slide) {
    const said = slide.querySelector("aside.notes");
    document.getElementById("speaker").replaceChildren(...Array.from(said.childNodes, (node) => node.cloneNode(true)));
    const next = slide.nextElementSibling && slide.nextElementSibling.querySelector("h1, h2");
    const then = document.getElementById("then");
    then.textContent = next ? then.dataset.next + ": " + next.textContent : "";
  }
  if (presenter) {
    const begun = performance.now();
    window.setInterval(function () {
      const seconds = Math.floor((performance.now() - begun) / 1000);
      document.getElementById("clock").textContent = Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
    }, 1000);
  }
  Reveal.on("ready", current);
  Reveal.on("slidechanged", current);

  /* All slides at a glance, Esc or O: reveal.js lays them in one long row, a grid shows the story. */
  const slides = Array.from(document.querySelectorAll(".slides > section"));
  const CLOSED = ["hidden", "inert", "aria-hidden"];
  const closed = new Map(); // slide -> what reveal.js had closed it with
  function turn() { overview(!root.classList.contains("glance")); }
  function overview(shown) {
    if (shown && charts) charts.drawAll();
    const columns = window.innerWidth > 900 ? 4 : 2;
    root.style.setProperty("--columns", columns);
    root.style.setProperty("--zoom", (window.innerWidth - 24 * (columns + 1)) / (1280 * columns));
    root.classList.toggle("together", shown);
    root.classList.toggle("glance", shown);
    for (const slide of slides) {
      // reveal.js closes slides that are not shown to everyone; small ones can all be reached and chosen.
      if (shown) {
        if (!closed.has(slide)) closed.set(slide, CLOSED.filter((name) => slide.hasAttribute(name)));
        for (const name of CLOSED) slide.removeAttribute(name);
        slide.tabIndex = 0;
      } else {
        for (const name of closed.get(slide) || []) slide.setAttribute(name, name === "aria-hidden" ? "true" : "");
        slide.removeAttribute("tabindex");
      }
    }
    if (!shown) closed.clear();
    if (shown) slides[Reveal.getIndices().h].focus();
    else Reveal.layout();
  }
  slides.forEach(function (slide, place) {
    const choose = function (event) {
      if (!root.classList.contains("glance") || (event.key && event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      event.stopPropagation();
      overview(false);
      Reveal.slide(place);
    };
    slide.addEventListener("click", choose, true);
    slide.addEventListener("keydown", choose, true);
  });
  for (const button of document.querySelectorAll("[data-overview]")) button.addEventListener("click", turn);
  window.addEventListener("resize", function () { if (root.classList.contains("glance")) overview(true); });

  Reveal.on("pdf-ready", function () { if (charts) charts.figures.forEach(show); });

  window.addEventListener("beforeprint", function () {
    root.classList.add("together");
    if (charts) charts.figures.forEach(show);
  });
  window.addEventListener("afterprint", function () { root.classList.remove("together"); });

  for (const button of document.querySelectorAll("[data-go]")) {
    button.addEventListener("click", function () { Reveal[button.dataset.go](); });
  }

  window.scorecardDeck = {
    together: together,
    /* Slides whose content is larger than its place, by number. */
    overflowing: function () {
      const found = [];
      together(function () {
        for (const slide of document.querySelectorAll(".slides > section")) {
          const frame = slide.getBoundingClientRect();
          const foot = slide.querySelector(".foot").getBoundingClientRect();
          for (const element of slide.querySelectorAll("h1, h2, .content, .content *, .open, .open *, .tl")) {
            if (element.closest(".draw, svg") || element.classList.contains("island") || element.classList.contains("vh")) continue;
            const box = element.getBoundingClientRect();
            if (!box.width || !box.height) continue;
            const limit = element.closest(".content, .open") ? foot.top : frame.bottom;
            if (box.bottom > limit + 1 || box.right > frame.right + 1 || box.left < frame.left - 1 || box.top < frame.top - 1) {
              found.push({ slide: Number(slide.dataset.slide), element: element.tagName.toLowerCase() + "." + element.className, over: Math.round(Math.max(box.bottom - limit, box.right - frame.right)) });
              break;
            }
          }
        }
      });
      return found;
    },
  };
})();
