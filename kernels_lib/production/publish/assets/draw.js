/* Drawing, for the page and the deck.
 *
 * A figure is drawn by plotly in the light house colours; then every house colour in its SVG becomes
 * the custom property of its token.  So the style sheet alone decides how a chart looks on a light
 * screen, a dark one and on paper, and nothing has to be drawn again when that changes.
 */
window.scorecard = (function () {
  "use strict";
  const TOKENS = /*TOKENS*/ {};
  const COLOUR = /rgba?\(\s*(\d+),\s*(\d+),\s*(\d+)(?:,\s*1(?:\.0*)?)?\s*\)|#[0-9a-f]{6}\b/gi;
  const CONFIG = {
    displayModeBar: false, displaylogo: false, showSendToCloud: false, showTips: false, typesetMath: false,
    scrollZoom: false, doubleClick: false, responsive: false,
  };
  const figures = Array.from(document.querySelectorAll("[data-figure]"));
  const wanted = new Map(); // figure -> what it was last asked to be drawn as
  const drawn = new Set();
  const waiting = []; // what is done once plotly is there
  let asked = false;
  let ready;
  window.scorecardReady = new Promise(function (resolve) { ready = resolve; });

  /* Do something with plotly.  It lies in the document as text (a shared page names its address), because
   * evaluating it takes longer than everything else together: that is done when a chart is first needed. */
  function library(action) {
    if (window.Plotly) return action();
    waiting.push(action);
    if (asked) return undefined;
    asked = true;
    const text = document.getElementById("chart-library");
    const script = document.createElement("script");
    const done = function () {
      script.remove();
      while (waiting.length) waiting.shift()();
    };
    if (text.dataset.src) {
      script.onload = done;
      script.src = text.dataset.src;
      document.head.appendChild(script);
      return undefined;
    }
    script.textContent = text.textContent;
    document.head.appendChild(script);
    return done();
  }

  /* After what is on the screen has been painted: at once where plotly has been evaluated. */
  function soon(action) {
    if (window.Plotly) return action();
    return window.requestAnimationFrame(function () { window.setTimeout(action, 0); });
  }

  function token(colour, red, green, blue) {
    const key = red === undefined
      ? [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16)).join()
      : [red, green, blue].join();
    return key in TOKENS ? "var(--" + TOKENS[key] + ")" : colour;
  }

  function recolour(root) {
    for (const element of root.querySelectorAll("[style]")) {
      const old = element.getAttribute("style");
      const now = old.replace(COLOUR, token);
      if (now !== old) element.setAttribute("style", now);
    }
    for (const name of ["fill", "stroke"]) {
      for (const element of root.querySelectorAll("[" + name + "]")) {
        const now = element.getAttribute(name).replace(COLOUR, token);
        if (now.startsWith("var(")) element.style[name] = now;
      }
    }
  }

  /* Labels and shapes say only what is not alike in most of them. */
  function unpacked(chart) {
    const alike = chart.layout.alike || {};
    delete chart.layout.alike;
    for (const list of Object.keys(alike)) {
      chart.layout[list] = chart.layout[list].map((item) => completed(item, alike[list]));
    }
    return chart;
  }

  function completed(item, common) {
    const whole = Object.assign({}, common, item);
    for (const key of Object.keys(common)) {
      if (common[key] instanceof Object) whole[key] = completed(item[key] || {}, common[key]);
    }
    return whole;
  }

  function spec(figure, form) {
    const island = figure.querySelector('.island[data-form="' + form + '"]');
    const chart = unpacked(JSON.parse(island.textContent));
    if (!chart.data.some((trace) => "like" in trace)) return chart;
    // The narrow form says only what it does not share with the wide one.
    const wide = spec(figure, "wide").data;
    chart.data = chart.data.map(function (trace) {
      if (!("like" in trace)) return trace;
      const whole = Object.assign({}, wide[trace.like], trace);
      delete whole.like;
      return whole;
    });
    return chart;
  }

  /* Draw a figure's form at a size, shown smaller by `scale`. */
  function draw(figure, form, width, height, scale) {
    const signature = [form, width, height, scale].join();
    if (wanted.get(figure) === signature) return;
    wanted.set(figure, signature);
    library(function () {
      if (wanted.get(figure) === signature) put(figure, form, width, height, scale);
    });
  }

  function put(figure, form, width, height, scale) {
    const box = figure.querySelector(".plot");
    const target = figure.querySelector(".draw");
    const chart = spec(figure, form);
    const layout = Object.assign({}, chart.layout, {
      width: width, autosize: false, dragmode: false,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    });
    if (height) layout.height = height;
    if (!layout.height) layout.height = 440;
    for (const key of Object.keys(layout)) {
      if (/^[xy]axis\d*$/.test(key)) layout[key] = Object.assign({}, layout[key], { fixedrange: true });
    }
    Plotly.react(target, chart.data, layout, CONFIG);
    recolour(target);
    if (!drawn.has(figure)) {
      target.on("plotly_afterplot", function () { recolour(target); });
      target.on("plotly_hover", function () {
        for (const layer of target.querySelectorAll(".hoverlayer")) recolour(layer);
      });
    }
    target.style.width = width + "px";
    target.style.transform = scale === 1 ? "" : "scale(" + scale + ")";
    // A transform keeps the old box, so the frame is told how much of it is left.
    box.style.height = Math.ceil(layout.height * scale) + "px";
    box.style.overflow = scale === 1 ? "" : "hidden";
    box.classList.add("drawn");
    drawn.add(figure);
    document.documentElement.dataset.drawn = String(drawn.size);
    if (drawn.size === figures.length) ready(drawn.size);
  }

  /* The wide form as a canvas that can stand alone: its message above, where it is from below it. */
  function picture(figure) {
    const chart = spec(figure, "wide");
    const width = 824;
    const message = wrap(figure.querySelector(".ft").textContent, 78);
    const head = 40 + 26 * message.length;
    const layout = Object.assign({}, chart.layout, { paper_bgcolor: "#ffffff", plot_bgcolor: "rgba(0,0,0,0)" });
    layout.margin = Object.assign({}, layout.margin);
    layout.margin.t = (layout.margin.t || 0) + head;
    layout.width = width + 48;
    layout.margin.l = (layout.margin.l || 0) + 24;
    layout.margin.r = (layout.margin.r || 0) + 24;
    layout.height = (layout.height || 440) + head;
    const source = document.title + " \u00b7 " + Array.from(figure.querySelectorAll("figcaption .prov"), (e) => e.textContent).join();
    layout.title = {
      text: message.map((line) => "<b>" + line.replace(/&/g, "&amp;").replace(/</g, "&lt;") + "</b>").join("<br>") +
        '<br><span style="font-size:13px;color:#5c6774">' + source.replace(/&/g, "&amp;").replace(/</g, "&lt;") + "</span>",
      font: { size: 18, color: "#1b2430" },
      x: 0, xref: "container", xanchor: "left", y: 1, yref: "container", yanchor: "top", pad: { t: 24, l: 24 },
    };
    return new Promise(library)
      .then(function () {
        return Plotly.toImage({ data: chart.data, layout: layout }, { format: "svg", width: layout.width, height: layout.height });
      })
      .then(function (address) { return raster(address, layout.width, layout.height); });
  }

  /* An SVG on a canvas of twice its size.  plotly's own way goes over a blob address, which the document's
   * policy rightly forbids to images. */
  function raster(address, width, height) {
    return new Promise(function (resolve, reject) {
      const image = new Image();
      image.onload = function () {
        const canvas = document.createElement("canvas");
        canvas.width = 2 * width;
        canvas.height = 2 * height;
        canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
        resolve(canvas);
      };
      image.onerror = function () { reject(new Error("the picture could not be made")); };
      image.src = address;
    });
  }

  function wrap(text, most) {
    const lines = [""];
    for (const word of text.split(/\s+/)) {
      if (lines[lines.length - 1].length + word.length > most) lines.push("");
      lines[lines.length - 1] += (lines[lines.length - 1] ? " " : "") + word;
    }
    return lines;
  }

  if (!figures.length) ready(0);
  document.documentElement.dataset.drawn = "0";

  /* The first chart that a reader comes to is not to wait: plotly is evaluated when there is nothing else to do. */
  window.addEventListener("load", function () {
    const idle = window.requestIdleCallback || function (action) { window.setTimeout(action, 500); };
    if (figures.length) idle(function () { library(function () {}); });
  });
  return {
    figures: figures, draw: draw, picture: picture, soon: soon, library: library, drawAll: function () {}, drawn: () => drawn.size,
  };
})();
