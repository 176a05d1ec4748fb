// What of CodeMirror the editor's page uses. `make vendor` bundles it into worker/web/static.
export { historyKeymap, history, insertNewlineKeepIndent, standardKeymap } from "@codemirror/commands";
export { HighlightStyle, Language, defineLanguageFacet, syntaxHighlighting } from "@codemirror/language";
export { search, searchKeymap } from "@codemirror/search";
export { EditorState } from "@codemirror/state";
export {
  Decoration,
  EditorView,
  MatchDecorator,
  ViewPlugin,
  highlightSpecialChars,
  keymap,
} from "@codemirror/view";
export { tags } from "@lezer/highlight";
export { GFM, parser } from "@lezer/markdown";
