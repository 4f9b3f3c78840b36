/* The preview's page: follows what the server says, shows documents where the reader was, sends values back. */
(function () {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const token = document.querySelector("meta[name=preview-token]").content;
  const SETTLE_MS = 1200;   // so long a new document may still grow above the place that is kept
  const TYPING_MS = 350;    // a value is sent when nothing more was typed for so long
  const NAMES = { "report.html": "report", "slides.html": "deck" };
  let state = null;
  let view = sessionStorage.getItem("view") || "report.html";
  let layer = sessionStorage.getItem("layer") || "";
  let formShown = -1;

  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "text") element.textContent = value;
      else if (name in element && typeof value !== "string") element[name] = value;
      else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  }

  async function post(path, body) {
    const answer = await fetch(path, {
      method: "POST", body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", "X-Preview-Token": token },
    });
    return answer.headers.get("Content-Type").includes("json") ? answer.json() : { error: await answer.text() };
  }

  /* Documents */

  const panes = {};

  function arrange() {
    const wanted = view === "both" ? ["report.html", "slides.html"] : [view];
    for (const name of Object.keys(panes)) {
      if (!wanted.includes(name)) { panes[name].box.remove(); delete panes[name]; }
    }
    for (const name of wanted) {
      if (!panes[name]) panes[name] = { box: make("div", { class: "pane" }), digest: "", frame: null, coming: null };
      $("frames").append(panes[name].box);
    }
    for (const button of $("tabs").children) button.setAttribute("aria-pressed", String(button.dataset.document === view));
    refresh();
  }

  function refresh() {
    if (!state) return;
    for (const [name, pane] of Object.entries(panes)) {
      const digest = state.documents[name] ? state.folder + state.documents[name] : "";
      if (!digest) empty(name, pane);
      else if (digest !== pane.digest) bring(name, pane, digest);
    }
    const first = view === "both" ? "report.html" : view;
    $("alone").hidden = !state.documents[first];
    if (state.folder) $("alone").href = "/site/" + state.folder + "/" + first;
  }

  function empty(name, pane) {
    if (pane.digest === "none" + state.phase) return;
    pane.digest = "none" + state.phase;
    if (pane.frame) return;
    const waiting = state.phase !== "ready";
    pane.box.replaceChildren(make("p", { text: waiting ? "The " + NAMES[name] + " is being made." :
      state.errors.length ? "There is no " + NAMES[name] + " yet; the message above says why." :
      "No " + NAMES[name] + " is made: see Formats." }));
  }

  /* Bring the new document in behind the old one, put it where the reader was, then let it take the place. */
  function bring(name, pane, digest) {
    const fresh = make("iframe", { class: "coming", title: NAMES[name] });
    const old = pane.frame;
    const same = old && old.dataset.folder === state.folder;
    const savedAt = state.saved_at;
    pane.digest = digest;
    if (pane.coming) pane.coming.remove();
    pane.coming = fresh;
    fresh.dataset.folder = state.folder;
    let hash = "";
    try { hash = same && name === "slides.html" ? old.contentWindow.location.hash : ""; } catch { hash = ""; }
    fresh.src = "/site/" + state.folder + "/" + name + "?" + state.documents[name].slice(0, 12) + hash;
    fresh.addEventListener("load", function () {
      if (pane.coming !== fresh) return;
      const place = same ? placeIn(old.contentWindow) : null;
      keep(fresh.contentWindow, place);
      fresh.classList.remove("coming");
      fresh.dataset.shown = digest;
      fresh.dataset.document = name;
      pane.coming = null;
      pane.frame = fresh;
      for (const other of [...pane.box.children]) if (other !== fresh) other.remove();
      arrived(same ? savedAt : 0);
    });
    pane.box.append(fresh);
  }

  /* Where the reader is: the last named thing above the middle of the upper half, and how far below it. */
  function placeIn(view) {
    try {
      const line = view.innerHeight / 4;
      let best = null;
      for (const element of view.document.querySelectorAll("main [id], section[id], figure[id], h2[id]")) {
        const top = element.getBoundingClientRect().top;
        if (element.getClientRects().length && top <= line && (!best || top >= best.top)) best = { id: element.id, top: top };
      }
      const whole = view.document.documentElement.scrollHeight - view.innerHeight;
      return { id: view.scrollY > 4 && best ? best.id : "", top: best ? best.top : 0,
        y: view.scrollY, share: whole > 0 ? view.scrollY / whole : 0, left: view.scrollX };
    } catch { return null; }
  }

  function keep(view, place) {
    if (!place || (!place.y && !place.left)) return;
    let own = -1;
    function put() {
      const root = view.document.documentElement;
      const element = place.id && view.document.getElementById(place.id);
      const y = element ? view.scrollY + element.getBoundingClientRect().top - place.top
        : place.share * (root.scrollHeight - view.innerHeight);
      view.scrollTo({ left: place.left, top: y, behavior: "instant" });
      own = view.scrollY;
    }
    put();
    const until = performance.now() + SETTLE_MS;
    const watch = new view.ResizeObserver(function () {
      /* Once the reader scrolls, the place is the reader's. */
      if (performance.now() > until || Math.abs(view.scrollY - own) > 2 && !growing()) watch.disconnect();
      else put();
    });
    let taken = false;
    for (const kind of ["wheel", "keydown", "pointerdown", "touchstart"]) {
      view.addEventListener(kind, function () { taken = true; }, { once: true, passive: true });
    }
    function growing() { return !taken; }
    watch.observe(view.document.body);
    setTimeout(function () { watch.disconnect(); }, SETTLE_MS);
  }

  function arrived(savedAt) {
    const seconds = Date.now() / 1000 - savedAt;
    document.documentElement.dataset.arrived = String(state.number);
    if (savedAt) document.documentElement.dataset.seconds = seconds.toFixed(3);
    tell();
  }

  /* What the server says */

  function tell() {
    const status = $("status");
    const why = state.because.length ? state.because[0] + (state.because.length > 1 ? " and " + (state.because.length - 1) + " more" : "") : "";
    const after = document.documentElement.dataset.seconds;
    let text = "";
    if (state.phase === "starting") text = "Importing the toolkit" + (why ? ": " + why + " changed" : "");
    else if (state.phase === "building") text = "Building" + (why ? ": " + why + " changed" : "");
    else if (state.errors.length) text = "Failed" + (why ? ": " + why : "");
    else {
      text = state.seconds === null ? "" : "Up to date" + (why ? ": " + why : "");
      if (after && state.because.length) text += ", on screen " + Number(after).toFixed(1) + " s after it was saved";
    }
    status.textContent = text;
    status.title = text;
    status.className = state.phase !== "ready" ? "at-work" : state.errors.length ? "failed" : "";
    const still = Object.keys(state.documents).length > 0;
    const failed = state.phase === "ready" && state.errors.length > 0;
    if (failed || !state.errors.length) {
      $("errors").hidden = !failed;
      $("errors").replaceChildren(...(failed ? [
        make("p", { text: "This cannot be built." }),
        ...state.errors.map((error) => make("pre", { text: "Error: " + error })),
        ...(state.failed_notebook ? [make("p", { class: "still", text: "The partly run notebook: " + state.failed_notebook })] : []),
        ...(still ? [make("p", { class: "still", text: "Below is the last good page." })] : []),
      ] : []));
    }
    $("notes").hidden = !state.notes.length || failed;
    $("notes").replaceChildren(...state.notes.map((note) => make("p", { text: "Note: " + note })));
  }

  function follow() {
    const events = new EventSource("/events");
    events.onmessage = function (event) {
      const before = state;
      state = JSON.parse(event.data);
      if (before && before.subject !== state.subject) { formShown = -1; $("form").replaceChildren(); }
      document.documentElement.dataset.phase = state.phase;
      document.documentElement.dataset.number = String(state.number);
      tell();
      refresh();
      choose();
      if (state.form !== formShown && state.phase === "ready") { formShown = state.form; showForm(); }
    };
    events.onerror = function () {
      $("status").textContent = "The preview has ended. Start it again with: scorecard preview";
      $("status").className = "failed";
    };
  }

  let known = 0;
  async function choose() {
    const select = $("subject");
    if (!known || !select.options.length) {
      known += 1;
      if (known > 1 && state.phase !== "ready") return;
      const subjects = await (await fetch("/subjects")).json();
      const groups = { study: "Study", methods: "Study", industry: "Industries", client: "Clients" };
      const made = {};
      for (const subject of subjects) {
        const title = groups[subject.key.split("/")[0]];
        made[title] = made[title] || make("optgroup", { label: title });
        made[title].append(make("option", { value: subject.key, text: subject.name }));
      }
      select.replaceChildren(...Object.values(made));
    }
    select.value = state.subject;
    const name = select.selectedOptions.length ? select.selectedOptions[0].textContent : "Preview";
    document.title = (state.errors.length ? "▲ " : "") + name + ": preview";
  }

  /* Parameters */

  const fields = new Map();

  async function showForm() {
    const answer = await (await fetch("/form")).json();
    if (!answer.form) return;   // the message is above; the fields stay, so that it can be mended here
    const form = answer.form;
    showLayers(form.layers);
    const keys = form.groups.flatMap((group) => group.fields.map((field) => field.key)).join();
    if (keys !== $("form").dataset.keys || !fields.size || !$("form").children.length) {
      fields.clear();
      $("form").replaceChildren(...form.groups.flatMap(drawGroup), make("p", { class: "none", hidden: true, text: "No parameter matches." }));
      $("form").dataset.keys = keys;
      find();
    }
    for (const group of form.groups) for (const field of group.fields) fields.get(field.key).update(field);
  }

  function showLayers(layers) {
    if (!layers.some((each) => each.name === layer)) layer = layers[0].name;
    $("layers").replaceChildren(...layers.map(function (each) {
      const input = make("input", { type: "radio", name: "layer", value: each.name, checked: each.name === layer });
      input.addEventListener("change", function () {
        layer = each.name;
        sessionStorage.setItem("layer", layer);
        fields.forEach((field) => field.allow());
      });
      const file = each.file + (each.exists ? "" : " (will be made)");
      return make("label", {}, input, make("span", { text: each.name[0].toUpperCase() + each.name.slice(1) }), make("small", { text: file }));
    }));
  }

  function drawGroup(group) {
    const drawn = [make("h2", { text: group.title })];
    let of = "";
    for (const field of group.fields) {
      if (field.of && field.of !== of) drawn.push(make("h3", { text: field.of, "data-of": field.of }));
      of = field.of || "";
      drawn.push(drawField(field));
    }
    return drawn;
  }

  function drawField(first) {
    const id = "f-" + first.key.replace(".", "-");
    const wrong = make("p", { class: "wrong", id: id + "-wrong", role: "alert", hidden: true });
    const note = make("p", { class: "note", hidden: true });
    const place = make("span", {});
    const back = make("button", { type: "button", text: "take out", hidden: true, "aria-label": "Take " + first.label + " out of the file" });
    const control = CONTROLS[first.kind](id, first, send);
    const grouped = first.kind === "choices";
    const name = make(grouped ? "legend" : "label", { class: "name", text: first.label, for: grouped ? null : id });
    const help = make("p", { class: "why", text: first.help, hidden: !first.help || first.of });
    const box = make(grouped ? "fieldset" : "div", { class: "field" + (first.of ? " part" : ""), "data-key": first.key },
      name, help, control.element, make("p", { class: "from" }, place, back), wrong, note);
    let field = first;
    let waiting = false;

    async function send(value) {
      waiting = true;
      box.classList.add("busy");
      const answer = await post("/set", { layer: layer, key: field.key, value: value });
      waiting = false;
      box.classList.remove("busy");
      say(answer.error || "");
      note.hidden = !answer.note;
      note.textContent = answer.note || "";
      if (!answer.error && answer.changed === false) update(field);
    }
    function say(error) {
      wrong.hidden = !error;
      wrong.textContent = error;
      for (const input of control.inputs) {
        input.setAttribute("aria-invalid", String(Boolean(error)));
        if (error) input.setAttribute("aria-describedby", wrong.id); else input.removeAttribute("aria-describedby");
      }
    }
    back.addEventListener("click", function () { send(null); });

    function update(next) {
      field = next;
      const busy = waiting || control.inputs.includes(document.activeElement) && control.pending();
      if (!busy && wrong.hidden) control.show(next.value);
      place.textContent = next.origin.file + (next.origin.line === null ? "" : ", line " + next.origin.line);
      box.classList.toggle("own", next.origin.layer !== "" && next.origin.layer !== "study");
      allow();
    }
    function allow() {
      const may = field.layers.includes(layer);
      for (const input of control.inputs) {
        input.disabled = !may;
        input.title = may ? "" : "Only the study's own file may hold it.";
      }
      back.hidden = !(field.origin.layer === layer && layer !== "study");
    }
    fields.set(first.key, { update: update, allow: allow, box: box, text: (first.key + " " + first.label + " " + (first.of || "") + " " + first.help).toLowerCase() });
    return box;
  }

  /* Sends a little after the last change, at once when the field is left. */
  function later(input, read, send) {
    let timer = 0;
    function now() { clearTimeout(timer); if (timer) { timer = 0; const value = read(); if (value !== undefined) send(value); } }
    input.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(now, TYPING_MS); });
    input.addEventListener("change", now);
    return function () { return timer !== 0; };
  }

  const CONTROLS = {
    slider: function (id, field, send) {
      const about = { min: String(field.min), max: String(field.max), step: String(field.step) };
      const range = make("input", { type: "range", id: id, ...about });
      const number = make("input", { type: "number", step: "any", "aria-label": field.label + ", as a number" });
      range.addEventListener("input", function () { number.value = range.value; });
      number.addEventListener("input", function () { range.value = number.value; });
      const read = function (input) { return function () { return input.value === "" ? undefined : Number(input.value); }; };
      const waits = [later(range, read(range), send), later(number, read(number), send)];
      return { element: make("div", { class: "control" }, range, number), inputs: [range, number],
        show: function (value) { range.value = number.value = String(value); }, pending: () => waits.some((wait) => wait()) };
    },
    number: function (id, field, send) {
      const number = make("input", { type: "number", id: id, step: field.whole ? "1" : "any" });
      /* Counted in whole digits: a seed may have more than a browser's numbers keep. */
      const pending = later(number, function () { return number.value === "" ? undefined : Number(number.value); }, send);
      return { element: make("div", { class: "control" }, number), inputs: [number],
        show: function (value) { number.value = value === null ? "" : String(value); }, pending: pending };
    },
    select: function (id, field, send) {
      const select = make("select", { id: id }, ...field.choices.map((choice) =>
        make("option", { value: choice, text: choice === "" ? "(newest)" : choice })));
      select.addEventListener("change", function () { send(select.value); });
      return { element: make("div", { class: "control" }, select), inputs: [select],
        show: function (value) { select.value = value; }, pending: () => false };
    },
    choices: function (id, field, send) {
      const boxes = field.choices.map((choice) => make("input", { type: "checkbox", value: choice }));
      const labels = boxes.map((box) => make("label", {}, box, make("span", { text: box.value })));
      for (const box of boxes) {
        box.addEventListener("change", function () { send(boxes.filter((each) => each.checked).map((each) => each.value)); });
      }
      return { element: make("div", { class: "boxes" }, ...labels), inputs: boxes,
        show: function (value) { for (const box of boxes) box.checked = value.includes(box.value); }, pending: () => false };
    },
    colour: function (id, field, send) {
      const pick = make("input", { type: "color", id: id });
      const text = make("input", { type: "text", placeholder: "ink", spellcheck: "false", "aria-label": field.label + ", as #rrggbb" });
      pick.addEventListener("input", function () { text.value = pick.value; });
      const waits = [later(pick, () => pick.value, send), later(text, () => text.value.trim(), send)];
      return { element: make("div", { class: "control" }, pick, text), inputs: [pick, text],
        show: function (value) { text.value = value; pick.value = /^#[0-9a-f]{6}$/i.test(value) ? value : "#1b2430"; },
        pending: () => waits.some((wait) => wait()) };
    },
    date: function (id, field, send) {
      const input = make("input", { type: "date", id: id });
      input.addEventListener("change", function () { send(input.value || null); });
      return { element: make("div", { class: "control" }, input), inputs: [input],
        show: function (value) { input.value = value || ""; }, pending: () => false };
    },
    text: function (id, field, send) {
      const input = make("input", { type: "text", id: id });
      const pending = later(input, () => field.language ? { [field.language]: input.value } : input.value, send);
      return { element: make("div", { class: "control" }, input), inputs: [input],
        show: function (value) { input.value = value === null ? "" : value; }, pending: pending };
    },
    switch: function (id, field, send) {
      const box = make("input", { type: "checkbox", id: id });
      box.addEventListener("change", function () { send(box.checked); });
      return { element: make("div", { class: "control" }, box), inputs: [box],
        show: function (value) { box.checked = value; }, pending: () => false };
    },
  };

  function find() {
    const wanted = $("find").value.trim().toLowerCase();
    let some = false;
    fields.forEach(function (field) { field.box.hidden = wanted !== "" && !field.text.includes(wanted); some = some || !field.box.hidden; });
    let head = null, part = null;
    for (const element of $("form").children) {
      if (element.tagName === "H2") { head = element; head.hidden = true; part = null; }
      else if (element.tagName === "H3") { part = element; part.hidden = true; }
      else if (element.classList.contains("field") && !element.hidden) {
        if (head) head.hidden = false;
        if (part && element.classList.contains("part")) part.hidden = false;
      }
    }
    const none = $("form").querySelector(".none");
    if (none) none.hidden = some;
  }

  $("find").addEventListener("input", find);
  $("form").addEventListener("submit", (event) => event.preventDefault());
  $("subject").addEventListener("change", function () { post("/subject", { key: $("subject").value }); });
  $("tabs").addEventListener("click", function (event) {
    if (!event.target.dataset.document) return;
    view = event.target.dataset.document;
    sessionStorage.setItem("view", view);
    arrange();
  });
  $("fold").addEventListener("click", function () {
    const folded = document.body.classList.toggle("folded");
    $("fold").setAttribute("aria-expanded", String(!folded));
  });
  arrange();
  follow();
})();
