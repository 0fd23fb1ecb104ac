"""Finds the functions of a C++ file without parsing it, for tools/tidy.py.

The idea: with comments and literals blanked, what stands before a `{` or `;` outside of any function (its head) says
what it opens. A head with a parenthesis group after a name is a function; with class, struct, union or enum a type;
with namespace or extern a namespace; anything else is an initialiser. The body of a function is skipped to its closing
brace, so only declarations are ever looked at closely, and the scan takes a few milliseconds for a thousand lines.

The limits: a macro that expands to half a function deceives it, as does a parenthesised declarator.
"""
import collections
import re

# lines is 0 for a declaration without a body.
Function = collections.namedtuple("Function", "name line lines parameters")

LITERALS = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^\s()\\]{0,16})\(.*?\)\1"|"(?:[^"\\\n]|\\.)*"|(?<![0-9A-Za-z_])\'(?:[^\'\\\n]|\\.)+\'',
    re.DOTALL)
DIRECTIVES = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.MULTILINE | re.DOTALL)
TOKENS = re.compile(r"operator\s*(?:\(\s*\)|\[\s*\]|[-+*/%^&|~!=<>,]+)|[A-Za-z_]\w*|::|->|&&|\d[\w.']*|\S")
BRACES = re.compile(r"[{}]")
TYPE_WORDS = {"class", "struct", "union", "enum"}
# Words whose parenthesis group is no parameter list.
GROUP_WORDS = {"alignas", "noexcept", "requires", "decltype", "explicit", "__attribute__", "sizeof", "throw", "asm",
               "if", "while", "static_assert"}


def blank(text):
    """The text with comments and the insides of literals as spaces, so that offsets and lines stay the same."""
    return LITERALS.sub(lambda match: re.sub(r"[^\n]", " ", match.group()) if match.group()[0] == "/" else
                        '"' + re.sub(r"[^\n]", " ", match.group())[2:] + '"', text)


def functions_of(code):
    """Every function of a blanked file, in order; those inside of functions belong to the outer one."""
    code = DIRECTIVES.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), code)
    functions, head, at = [], [], 0
    while match := TOKENS.search(code, at):
        token, at = match.group(), match.end()
        if token == "{" and is_initialiser(head):
            at = closing(code, match.start())
            head.append(("{}", match.start()))
        elif token == "{" and (parameters := parameters_of(head)) is not None:
            at = closing(code, match.start())
            functions.append(function(code, head, parameters, at))
            head = []
        elif token == ";" and not inside_parentheses(head):
            parameters = parameters_of(head)
            if parameters is not None:
                functions.append(function(code, head, parameters, None))
            head = []
        elif token in "{}" or (token == ":" and words(head) in (["public"], ["private"], ["protected"])):
            head = []
        else:
            head.append((token, match.start()))
    return functions


def words(head):
    return [token for token, _ in head]


def function(code, head, parameters, end):
    name, count = parameters
    first = code.count("\n", 0, head[0][1]) + 1
    return Function(name, first, code.count("\n", 0, end) + 2 - first if end else 0, count)


def closing(code, opening):
    """The offset just after the brace that closes the one at `opening`."""
    depth = 0
    for match in BRACES.finditer(code, opening):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.end()
    return len(code)


def inside_parentheses(head):
    return sum({"(": 1, ")": -1}.get(token, 0) for token, _ in head) > 0


def is_initialiser(head):
    """Whether the brace after this head gives a value: `x_{1}`, `= {`, or a member in a constructor's list."""
    tokens = without_template(words(head))
    if not tokens or tokens[0] in ("namespace", "extern", "inline") and "namespace" in tokens[:2]:
        return False
    if inside_parentheses(head) or tokens[-1] in ("=", ",", "return"):
        return True
    group = first_group(tokens)
    if "=" in tokens and (group is None or tokens.index("=") < group[0]) and "]" not in tokens[tokens.index("="):]:
        return True
    if group is None:
        return not TYPE_WORDS & set(tokens) and tokens[0] != "extern"
    after = tokens[group[1] + 1:]
    return ":" in after and bool(re.match(r"\w|>", after[-1]))


def parameters_of(head):
    """(name, number of parameters) if the head is a function's, else None."""
    tokens = without_template(words(head))
    group = first_group(tokens)
    if group is None or tokens[0] in ("namespace", "using", "typedef", "friend"):
        return None
    opening, ending = group
    if "=" in tokens[:opening] and "]" not in tokens[opening - 1:opening]:
        return None
    if TYPE_WORDS & set(tokens[:1]) and ending == len(tokens) - 1 and opening < 2:
        return None
    return name_before(tokens, opening), count_parameters(tokens[opening + 1:ending])


def without_template(tokens):
    """The tokens without attributes and the template<...> in front."""
    while tokens and tokens[0] == "template":
        depth = 0
        for index, token in enumerate(tokens):
            depth += {"<": 1, ">": -1}.get(token, 0)
            if depth == 0 and token == ">":
                tokens = tokens[index + 1:]
                break
        else:
            return []
    return tokens


def first_group(tokens):
    """(index of `(`, index of its `)`) of the first parenthesis group that can be a parameter list, or None."""
    angle = square = index = 0
    while index < len(tokens):
        token = tokens[index]
        previous = tokens[index - 1] if index else ""
        if token == "<" and re.match(r"[A-Za-z_]", previous):
            angle += 1
        elif token == ">" and angle:
            angle -= 1
        elif token in "[]":
            square += 1 if token == "[" else -1
        elif token == "(":
            ending = matching(tokens, index)
            if ending is None:
                return None
            is_name = re.match(r"[A-Za-z_~]", previous) or previous == "]"
            if not angle and not square and is_name and previous not in GROUP_WORDS:
                return index, ending
            index = ending
        index += 1
    return None


def matching(tokens, opening):
    depth = 0
    for index in range(opening, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[index], 0)
        if depth == 0:
            return index
    return None


def name_before(tokens, opening):
    first = opening - 1
    if tokens[first] == "]":
        return "lambda"
    while first >= 2 and tokens[first - 1] == "::":
        first -= 2
    return "".join(tokens[first:opening])


def count_parameters(tokens):
    """The commas outside of brackets of any kind, and one."""
    if not tokens or tokens == ["void"]:
        return 0
    depth, commas = 0, 0
    for index, token in enumerate(tokens):
        if token in "([" or (token == "<" and index and re.match(r"[A-Za-z_]", tokens[index - 1])):
            depth += 1
        elif token in ")]" or (token == ">" and depth):
            depth -= 1
        elif token == "," and depth == 0:
            commas += 1
    return commas + 1
