"""Texts that a profile may hold and that something between it and the machine may take for more than text."""

from collections.abc import Iterator

SIDE_EFFECT = "/tmp/deskprov-side-effect"
"""Made by whatever of these texts is executed; a test puts a path of its own in its place."""

TEMPLATES = (
    "{{ lookup('pipe', 'touch /tmp/deskprov-side-effect') }}",
    '{{ lookup("ansible.builtin.pipe", "touch /tmp/deskprov-side-effect") }}',
    "{{lookup('pipe','touch /tmp/deskprov-side-effect')}}",
    "{%- set x = lookup('pipe', 'touch /tmp/deskprov-side-effect') -%}",
    "{% raw %}{{ 1 }}{% endraw %}{{ lookup('pipe', 'touch /tmp/deskprov-side-effect') }}",
    "{% raw %} never closed",
    "{{ never closed",
    "{% never closed",
    "{# never closed",
    "closed but never opened }} %} #}",
    "{# a comment #}",
    "{{ 7 * 7 }}",
    "{{ undefined_name }}",
    "{{ omit }}",
    "{{{ 1 }}}",
    "{{ '{{' }}",
    "{ { 1 } }",
    "{{}}",
    "{%%}",
    "{##}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ cycler.__init__.__globals__.os.system('touch /tmp/deskprov-side-effect') }}",
    "#jinja2: variable_start_string: '[['\n[[ lookup('pipe', 'touch /tmp/deskprov-side-effect') ]]",
    "#jinja2:variable_start_string:'[[',variable_end_string:']]'\n[[ 7 * 7 ]]",
    "#jinja2:",
    " #jinja2: not at the beginning",
    "# jinja2: not a header",
)
LOOK_ALIKES = (
    *("1.20", "1.10", "1e3", "1e+3", ".5", "5.", "+5", "-5", "0", "-0", "00", "0644", "0o644", "0x1F", "0b11", "1_000"),
    *("22:30", "1:2:3", "2026-11-24", "2026-11-24 10:00:00", "2026-11-24T10:00:00Z", ".inf", "-.inf", ".nan"),
    *("yes", "no", "Yes", "NO", "on", "off", "On", "true", "false", "True", "FALSE", "y", "n", "Y", "N"),
    *("null", "Null", "~", "", "<<", "=", "!", "!unsafe", "!unsafe text", "!!int 5", "!vault |", "&a", "*a", "|", ">"),
    *(
        "|-",
        "- a",
        "-",
        "--",
        "---",
        "...",
        "--- a",
        "? a",
        "?",
        ":",
        "a: b",
        ": b",
        "a:",
        "a #b",
        "#b",
        "# b",
        "%YAML",
    ),
    *("[", "]", "[]", "[a]", "{", "}", "{}", "{a: b}", ",", "a, b", "'", '"', "''", '""', "'a'", '"a"', "`", "@a"),
    *("__ansible_unsafe", '{"__ansible_unsafe": "x"}', '{"__ansible_vault": "x"}', "$ANSIBLE_VAULT;1.1;AES256\n6162"),
    *("__omit_place_holder__1a2b", "omit", "None", "inventory_hostname", "item", "[1, 2]", '["a"]', "(1, 2)"),
)
SHELLS = (
    *("$(touch /tmp/deskprov-side-effect)", "`touch /tmp/deskprov-side-effect`", "; touch /tmp/deskprov-side-effect"),
    *("| touch /tmp/deskprov-side-effect", "&& touch /tmp/deskprov-side-effect", "\ntouch /tmp/deskprov-side-effect\n"),
    *("$HOME", "${HOME}", "$$", "$1", "$?", "~root", "~", "*", "?", "[a-z]", "{a,b}", "!!", "!$", "\\", "\\\\", "\\n"),
    *("> /tmp/x", "< /dev/zero", "2>&1", "<<EOF\na\nEOF", "%s", "%d%n", "%PATH%", "^", "a\\", "-e", "--", "-rf /"),
    *("$(Start-Process calc)", "; Remove-Item C:\\", "`$x", "`n", "@'\na\n'@", "@(1)", "& calc", "%{x}", "#>", "<#"),
    *(
        "C:\\Users\\Public\\1.20",
        "\\\\server\\share\\new",
        "C:\\new\\table\\u0041\\x41",
        "\\'",
        '\\"',
        "it's",
        'say "x"',
    ),
    *("name=value", "a=1 b=2", "_raw_params=x", "key='v w'", 'k="v', "creates=/x", "state=absent"),
    *("<script>alert(1)</script>", "=HYPERLINK(1)", "&amp;", "&#123;&#123;", "%7B%7B", "\\x7b\\x7b 1 \\x7d\\x7d"),
)
CONTROLS = (
    *("\0", "a\0b", "\x01", "\x07", "\x08", "\x0b", "\x0c", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x7f", "\x80"),
    *(
        "\x85",
        "\x9b",
        "\xa0",
        "\xad",
        "\t",
        "\ta",
        "a\t",
        "a\tb",
        "\r",
        "\r\n",
        "a\r\nb\r\n",
        "a\rb",
        "\n\r",
        "\n",
        "\n\n",
    ),
    *(
        "\u061c",
        "\u200b",
        "\u200e",
        "\u202e",
        "a\u202eb\u202c",
        "\u2028",
        "\u2029",
        "\u2066a\u2069",
        "\ufeff",
        "\ufeffa",
    ),
    *(
        "\ufffe",
        "\uffff",
        "\ufffd",
        "\ue000",
        "\U000e0001",
        "\U0001f5a8",
        "\U0010ffff",
        "e\u0301",
        "\xe9",
        "漢字",
        "ñ",
        "שלום",
    ),
)
BLANKS = (
    *(
        " ",
        "  ",
        " a",
        "a ",
        "  a  ",
        "a\n",
        "a\n\n",
        "a\n\n\n",
        "\na",
        "\n a",
        " \na",
        "a\n b",
        "a\n  b\nc",
        "a \nb",
        "a\n ",
    ),
    *(
        "a\n\n b\n",
        "a\n\tb",
        "a\n\n\nb",
        "\n\n\n",
        " \n \n",
        "a\n#b",
        "a\n---\nb",
        "a\n...\nb",
        "a\n- b\n",
        "a\nb: c\n",
    ),
    *(
        "x" * 5000,
        "x " * 2500,
        "x\n" * 2500,
        " " * 300,
        "\n" * 300,
        "é" * 2000,
        "\\" * 300,
        '"' * 300,
        "a" * 119 + " b",
    ),
    *("\t" * 200, ("word " * 30 + "\n") * 20, "a" * 200 + " " * 200 + "b", "\u202e" * 100, "{" * 300, "%" * 300),
)
SEEDS = (*TEMPLATES, *LOOK_ALIKES, *SHELLS, *CONTROLS, *BLANKS)
AROUND = (
    "%s",
    "a %s",
    "%s a",
    "first line\n%s\nlast line\n",
    "first line\n%s",
    '"%s"',
    "'%s'",
    "%s\n",
)


def hostile_texts(side_effect: str = SIDE_EFFECT) -> list[str]:
    """Over two thousand different texts, in a fixed order."""
    return list(dict.fromkeys(_all(side_effect)))


def _all(side_effect: str) -> Iterator[str]:
    for around in AROUND:
        for seed in SEEDS:
            yield around.replace("%s", seed.replace(SIDE_EFFECT, side_effect))
