"""The languages that the code macro knows; one that it does not know fails the whole block.

Those of Data Center, for Cloud knows these too.
"""

import re

_KNOWN = frozenset(
    {
        *("actionscript3", "applescript", "bash", "c#", "coldfusion", "cpp", "css", "delphi"),
        *("diff", "erl", "groovy", "java", "javafx", "js", "perl", "php", "powershell", "py"),
        *("ruby", "sass", "scala", "sql", "text", "vb", "xml", "yml"),
    }
)
_ALIASES = {
    **dict.fromkeys(("sh", "shell", "zsh", "console", "shell-session", "shellscript"), "bash"),
    **dict.fromkeys(("c", "c++", "cc", "cxx", "h", "hpp", "objective-c", "objc"), "cpp"),
    **dict.fromkeys(("cs", "csharp"), "c#"),
    **dict.fromkeys(("less", "css3"), "css"),
    **dict.fromkeys(("patch", "udiff"), "diff"),
    **dict.fromkeys(("erlang", "elixir"), "erl"),
    **dict.fromkeys(("gradle", "jenkinsfile"), "groovy"),
    **dict.fromkeys(
        ("javascript", "json", "jsonc", "json5", "jsx", "mjs", "ts", "typescript"), "js"
    ),
    **dict.fromkeys(("pl", "perl5"), "perl"),
    **dict.fromkeys(("ps", "ps1", "pwsh"), "powershell"),
    **dict.fromkeys(("python", "python3", "pycon"), "py"),
    **dict.fromkeys(("rb", "rails"), "ruby"),
    **dict.fromkeys(("scss",), "sass"),
    **dict.fromkeys(("postgresql", "postgres", "mysql", "sqlite", "plsql", "psql"), "sql"),
    **dict.fromkeys(("txt", "plain", "plaintext", "log", "none"), "text"),
    **dict.fromkeys(("vbnet", "vb.net", "visualbasic"), "vb"),
    **dict.fromkeys(("html", "xhtml", "svg", "xsl", "xslt", "htm"), "xml"),
    **dict.fromkeys(("yaml",), "yml"),
}


def language(css_class: str) -> str:
    """Give the macro's word for the language of a code block, "" where it has none.

    ``css_class`` is as Markdown's HTML has it: ``language-python``.
    """
    found = re.search(r"(?:^|\s)language-(\S+)", css_class)
    word = found[1].strip("{}.,;:").casefold() if found else ""
    return word if word in _KNOWN else _ALIASES.get(word, "")
