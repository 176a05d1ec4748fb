// Puts CodeMirror in the place of the editor's text area, which stays the truth: whatever is changed
// here is written there at once. It stands in a shadow root, where the page's policy allows the
// styles that it makes. Where it cannot be loaded the text area is left as it is.

const PROMPT = /\[(?![xX ]\])[^[\]^\s][^[\]]*\](?![([:])/g;
const LONG = 100000; // characters: a longer text is written to the text area after a moment
const MOMENT = 300;
const LONGEST_PARAGRAPH = 20000; // characters: longer ones are not coloured, for that takes long
const STYLE = {
  "&": { color: "var(--ink)", backgroundColor: "var(--paper)", flex: "1", minHeight: "0" },
  "&.cm-focused": { outline: "3px solid var(--accent)" },
  ".cm-scroller": { font: "inherit", lineHeight: "1.5", overflow: "auto" },
  ".cm-content": { padding: "0.6rem 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 0.6rem" },
  ".cm-specialChar": { color: "var(--bad)" },
  ".cm-prompt": { color: "var(--prompt)", backgroundColor: "var(--prompt-ground)" },
  ".cm-searchMatch": { color: "var(--prompt)", backgroundColor: "var(--prompt-ground)" },
  ".cm-searchMatch-selected": { outline: "2px solid var(--accent)" },
  ".cm-panels": { color: "var(--ink)", backgroundColor: "var(--ground)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "0.5rem 2.5rem 0.5rem 0.6rem", fontSize: "1rem" },
  ".cm-panel.cm-search label": { fontSize: "0.9rem", whiteSpace: "nowrap" },
  ".cm-panel.cm-search input[type=checkbox]": { width: "1.5rem", height: "1.5rem", verticalAlign: "middle" },
  ".cm-panel.cm-search [name=close]": {
    color: "var(--ink)",
    fontSize: "1.3rem",
    width: "2rem",
    height: "2rem",
    right: "0.3rem",
    top: "0.3rem",
  },
  ".cm-textfield": {
    font: "inherit",
    color: "var(--ink)",
    backgroundColor: "var(--paper)",
    border: "1px solid var(--faint)",
    maxWidth: "100%",
  },
  ".cm-button": {
    font: "inherit",
    fontSize: "0.9rem",
    color: "var(--link)",
    background: "var(--paper)",
    border: "1px solid var(--line)",
    borderRadius: "0.4rem",
    padding: "0.2rem 0.6rem",
  },
  ":focus-visible": { outline: "3px solid var(--accent)" },
};

function colours({ HighlightStyle, tags }) {
  return HighlightStyle.define([
    { tag: tags.heading, fontWeight: "bold", color: "var(--ink)" },
    { tag: tags.strong, fontWeight: "bold" },
    { tag: tags.emphasis, fontStyle: "italic" },
    { tag: tags.strikethrough, textDecoration: "line-through" },
    { tag: [tags.link, tags.url, tags.labelName], color: "var(--link)" },
    { tag: tags.monospace, color: "var(--good)" },
    { tag: [tags.processingInstruction, tags.meta, tags.comment, tags.quote], color: "var(--faint)" },
    { tag: tags.contentSeparator, color: "var(--faint)" },
  ]);
}

function hasLongParagraph(text) {
  let length = 0;
  for (const line of text.split("\n")) {
    length = /^\s*([-*+>#|]|\d+[.)]|$)/.test(line) ? line.length : length + line.length + 1;
    if (length > LONGEST_PARAGRAPH) return true;
  }
  return false;
}

// Between two lines of dashes at the top, where Markdown alone would see a heading.
function frontMatter({ tags }) {
  function parse(block, line) {
    if (block.lineStart !== 0 || line.text.trimEnd() !== "---") return false;
    while (block.nextLine() && line.text.trimEnd() !== "---");
    block.nextLine();
    block.addElement(block.elt("FrontMatter", 0, block.prevLineEnd()));
    return true;
  }
  return {
    defineNodes: [{ name: "FrontMatter", block: true, style: tags.meta }],
    parseBlock: [{ name: "FrontMatter", parse, before: "HorizontalRule" }],
  };
}

function language(code, text) {
  if (hasLongParagraph(text)) return [];
  const markdown = new code.Language(
    code.defineLanguageFacet(),
    code.parser.configure([code.GFM, frontMatter(code)]),
    [],
    "markdown",
  );
  return [markdown, code.syntaxHighlighting(colours(code))];
}

function prompts({ Decoration, MatchDecorator, ViewPlugin }) {
  const matcher = new MatchDecorator({ regexp: PROMPT, decoration: Decoration.mark({ class: "cm-prompt" }) });
  return ViewPlugin.define(
    (view) => ({
      shown: matcher.createDeco(view),
      update(change) {
        this.shown = matcher.updateDeco(change, this.shown);
      },
    }),
    { decorations: (plugin) => plugin.shown },
  );
}

function describedBy(root) {
  const command = /Mac|iP(hone|ad)/.test(navigator.platform) ? "⌘" : "Ctrl+";
  const told = document.createElement("p");
  told.id = "keys";
  told.textContent = `${command}F finds, ${command}Z takes back, Alt+N goes to the next prompt, Tab leaves the text.`;
  Object.assign(told.style, {
    margin: "0",
    padding: "0.3rem 0.6rem",
    borderTop: "1px solid var(--line)",
    font: "0.85rem/1.4 system-ui, sans-serif",
    color: "var(--faint)",
  });
  root.append(told);
  return told.id;
}

// Of words that are marked and written over, Chromium keeps the looks in a style, which the policy
// refuses; so they are replaced here.
function writtenOver({ EditorView }) {
  return EditorView.domEventHandlers({
    beforeinput(event, view) {
      const isPlain = event.inputType === "insertText" && event.data && event.cancelable;
      if (!isPlain || view.composing || view.state.selection.main.empty) return false;
      const change = view.state.replaceSelection(event.data);
      view.dispatch(change, { userEvent: "input.type", scrollIntoView: true });
      event.preventDefault();
      return true;
    },
  });
}

function extensions(code, area, text, label, keys, changed) {
  return [
    code.history(),
    code.search(),
    code.highlightSpecialChars(),
    code.EditorView.lineWrapping,
    code.EditorView.theme(STYLE),
    prompts(code),
    writtenOver(code),
    language(code, text),
    code.keymap.of([
      { key: "Enter", run: code.insertNewlineKeepIndent },
      ...code.searchKeymap,
      ...code.historyKeymap,
      ...code.standardKeymap,
    ]),
    code.EditorView.contentAttributes.of({
      tabindex: "0", // it is reached by the keyboard as it is; this says so, for what scrolls around it
      "aria-label": label,
      "aria-describedby": keys,
      spellcheck: String(area.spellcheck),
      autocorrect: "on",
      autocapitalize: "sentences",
    }),
    code.EditorView.updateListener.of((update) => update.docChanged && changed(update)),
  ];
}

// Gives what the rest of the page writes with, in the text area's words: `select`, `keepPlace`, …
export async function inPlaceOf(area, address) {
  const code = await import(address);
  await until(() => !area.composing);
  const label = document.querySelector(`label[for="${area.id}"]`);
  const host = document.createElement("div");
  host.className = "codemirror";
  host.style.setProperty("--rows", area.rows);
  const root = host.attachShadow({ mode: "open" });
  const truth = new Truth(area);
  const places = new Set();
  const had = { focus: document.activeElement === area, from: area.selectionStart, to: area.selectionEnd };
  const text = area.value;
  area.after(host);
  const keys = describedBy(root);
  const view = new code.EditorView({
    doc: text,
    selection: { anchor: had.from, head: had.to },
    extensions: extensions(code, area, text, label.textContent, keys, ({ changes, state }) => {
      for (const place of places) place.at = changes.mapPos(place.at, -1);
      truth.changed(state.doc);
    }),
    root,
    parent: root,
  });
  root.prepend(view.dom);
  if (view.state.doc.toString() !== text) {
    host.remove();
    throw new Error("the text would not be kept as it is");
  }
  area.addEventListener("input", () => {
    if (truth.writes || area.value === view.state.doc.toString()) return;
    truth.forget();
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: area.value } });
  });
  area.hidden = true;
  label.removeAttribute("for");
  label.addEventListener("click", () => view.focus());
  keepCaret(view, root);
  if (had.focus) view.focus();
  return { host, flush: () => truth.write(), ...hands(view, places, code) };
}

// The text area, to which each change goes: at once, but of a long text after a moment, for that
// takes as long as the text is long. Whoever sends the form, or leaves the page, has all of it.
class Truth {
  constructor(area) {
    this.area = area;
    this.writes = false;
    this.forget();
    const write = () => this.write();
    area.form.addEventListener("submit", write, true);
    area.form.addEventListener("formdata", (event) => {
      this.write();
      event.formData.set(area.name, area.value);
    });
    document.addEventListener("visibilitychange", write, true);
    window.addEventListener("pagehide", write, true);
  }

  changed(doc) {
    this.doc = doc;
    if (doc.length < LONG) this.write();
    else this.timer = this.timer || setTimeout(() => this.write(), MOMENT);
  }

  write() {
    if (!this.doc) return;
    this.writes = true;
    this.area.value = this.doc.toString();
    this.forget();
    this.area.dispatchEvent(new Event("input"));
    this.writes = false;
  }

  forget() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.doc = null;
  }
}

// Chromium puts the caret at the start of what gets the focus by the keyboard or by a script. What
// CodeMirror does about that comes late where a machine is slow, and the next key goes astray.
function keepCaret(view, root) {
  let pointed = 0;
  root.addEventListener("pointerdown", () => (pointed = Date.now()), true);
  function mend() {
    const { anchor, head } = view.state.selection.main;
    const selection = root.getSelection ? root.getSelection() : document.getSelection();
    const isSeen = [anchor, head].every((at) => at >= view.viewport.from && at <= view.viewport.to);
    const isInside = selection.focusNode && view.contentDOM.contains(selection.focusNode);
    if (Date.now() - pointed < 1000 || !isSeen || !isInside || !head) return;
    if (view.posAtDOM(selection.focusNode, selection.focusOffset) !== 0) return;
    const [from, to] = [view.domAtPos(anchor), view.domAtPos(head)];
    selection.setBaseAndExtent(from.node, from.offset, to.node, to.offset);
  }
  view.contentDOM.addEventListener("focus", () => setTimeout(mend));
  const focus = view.focus.bind(view);
  view.focus = () => {
    focus();
    mend();
  };
}

function hands(view, places, { EditorView }) {
  return {
    caret: () => view.state.selection.main.from,
    line: () => view.state.doc.lineAt(view.state.selection.main.head).number - 1,
    focus: () => view.focus(),
    select(from, to) {
      view.dispatch({
        selection: { anchor: from, head: to },
        effects: EditorView.scrollIntoView(from, { y: "center" }),
      });
      view.focus();
    },
    keepPlace(point) {
      const dropped = point && view.posAtCoords(point);
      const place = { at: dropped ?? view.state.selection.main.to };
      places.add(place);
      return (words) => {
        places.delete(place);
        const isCaret = place.at === view.state.selection.main.to;
        view.dispatch({
          changes: { from: place.at, insert: words },
          selection: isCaret ? { anchor: place.at + words.length } : undefined,
          scrollIntoView: isCaret,
        });
      };
    },
  };
}

function until(holds) {
  return new Promise((done) => {
    const look = () => (holds() ? done() : setTimeout(look, 100));
    look();
  });
}
