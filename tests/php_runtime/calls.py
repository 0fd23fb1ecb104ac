"""Calls of PHP's functions for a comparison: made from the rows of runtimes/go/builtins.tsv, at random from a seed."""
import random
import struct

import pools

WRONG_TYPE = 0.06   # share of arguments of a type at random
LEFT_OUT = 0.35     # share of calls that leave optional arguments out
COUNT_WRONG = 0.02  # share of calls with too few or too many arguments


class Parameter:
    def __init__(self, function, column):
        self.reference = column[0] in "&>"
        column = column.lstrip("&>")
        self.variadic = column.startswith("...")
        self.name, _, rest = column.removeprefix("...").partition(":")
        self.type, self.optional, _ = rest.partition("=")
        self.optional = bool(self.optional) or self.variadic
        self.pool = pools.BY_NAME.get(f"{function}.{self.name}") or pools.BY_NAME.get(self.name)
        self.strict = f"{function}.{self.name}" in pools.STRICT


class Function:
    def __init__(self, line):
        self.name, self.go_name, self.result, flags, *columns = line.rstrip("\n").split("\t")
        self.flags = set(flags.split(",")) - {"-"}
        self.parameters = [Parameter(self.name, column) for column in columns]


def read_table(path):
    with open(path, encoding="utf-8") as file:
        return [Function(line) for line in file if line.strip() and not line.startswith("#")]


class Float(float):
    """A float that stays one."""


class Object(dict):
    """A stdClass."""


def encode(value):
    if value is None:
        return "N"
    if value is True:
        return "T"
    if value is False:
        return "F"
    if isinstance(value, int):
        return f"i{value};"
    if isinstance(value, float):
        return f"d{struct.pack('>d', value).hex()};"
    if isinstance(value, (str, bytes)):
        return f"s{escape(value)};"
    if isinstance(value, list):
        value = dict(enumerate(value))
    kind = "o" if isinstance(value, Object) else "a"
    return kind + "".join(encode(k) + encode(v) for k, v in value.items()) + "e"


def escape(text):
    raw = text.encode("utf-8") if isinstance(text, str) else text
    return "".join(chr(c) if 32 <= c <= 126 and c not in (37, 59) else f"%{c:02X}" for c in raw)


class Maker:
    """Makes calls; the same seed makes the same ones."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def call(self, function):
        """One call as a line for the drivers."""
        arguments = []
        parameters = list(function.parameters)
        if parameters and parameters[-1].variadic:
            parameters += [parameters[-1]] * self.random.choice([0, 0, 1, 2])
        shape = pools.SHAPES.get(function.name)
        shaped = shape and (function.name in pools.ONLY_SHAPES or self.random.random() < 0.8)
        fixed = self.random.choice(shape) if shaped else None
        stop = self.random.random() < LEFT_OUT and function.name not in pools.ALWAYS
        for index, parameter in enumerate(parameters):
            if parameter.optional and stop and self.random.random() < 0.5:
                break
            if fixed is not None:
                if index >= len(fixed):
                    break
                value = fixed[index]
                value = self.of_parameter(parameter) if value is pools.ANY else value
            else:
                value = self.of_parameter(parameter)
            arguments.append(("&" if parameter.reference else "") + encode(value))
        if fixed is not None and not any(p.reference for p in parameters):
            arguments += [encode(value) for value in fixed[len(arguments):] if value is not pools.ANY]
        countable = function.name not in pools.OVERLOADED and not any(p.reference for p in parameters)
        if countable and self.random.random() < COUNT_WRONG:
            if arguments and self.random.random() < 0.5 and function.name not in pools.ALWAYS:
                arguments.pop()
            else:
                arguments.append(encode(1))
        return "\t".join([function.name, *arguments])

    def of_parameter(self, parameter):
        if parameter.pool and self.random.random() > WRONG_TYPE:
            return self.random.choice(parameter.pool)
        if parameter.strict:
            return self.random.choice(parameter.pool)
        kind = parameter.type
        if self.random.random() < WRONG_TYPE:
            wrong = ["int", "float", "string", "bool", "array", "null"] + ([] if parameter.reference else ["object"])
            kind = self.random.choice(wrong)
        return self.of_type(kind, 0)

    def of_type(self, kind, depth):
        kind = self.random.choice(self.alternatives(kind))
        if kind == "array":
            return self.array(depth)
        if kind == "object":
            return Object({"a": 1, "b": "x"})
        if kind == "mixed":
            kind = self.random.choice(["int", "float", "string", "bool", "null", "array", "string", "int"])
            return self.of_type(kind, depth)
        return self.random.choice(pools.BY_TYPE.get(kind, pools.BY_TYPE["string"]))

    @staticmethod
    def alternatives(kind):
        if kind.startswith("?"):
            return [kind[1:], kind[1:], "null"]
        return kind.split("|")

    def array(self, depth):
        if depth == 0 and self.random.random() < 0.5:
            return self.random.choice(pools.ARRAYS)
        size = self.random.choice([0, 1, 2, 3, 3, 5, 8])
        kinds = self.random.choice([["int"], ["string"], ["float"], ["int", "string", "null", "bool", "float"],
                                    ["array", "int"], ["string", "int"]])
        values = [self.of_type(self.random.choice(kinds), depth + 1) if depth < 2 else 1 for _ in range(size)]
        if self.random.random() < 0.5:
            return values
        keys = [self.random.choice(pools.KEYS) for _ in range(size)]
        return dict(zip(keys, values))


def sequence_line(sequence):
    """Several calls as one line for the drivers."""
    return "\t|\t".join("\t".join([name, *map(encode, arguments)]) for name, *arguments in sequence)


def read_methods(path):
    """The methods of each class of classes.tsv."""
    classes = {}
    for function in read_table(path):
        name, _, function.name = function.name.partition("::")
        classes.setdefault(name, []).append(function)
    return classes


def object_line(maker, name, methods):
    """An object made and some of its methods called, one after the other."""
    random = maker.random
    parts = ["\t".join([f"new:{name}", *map(encode, random.choice(pools.CONSTRUCTORS.get(name, [[]])))])]
    filling = [method for method in methods if method.name in pools.FILLING]
    for _ in range(random.choice([3, 6, 12])):
        method = random.choice(filling if filling and random.random() < 0.4 else methods)
        arguments = []
        for parameter in method.parameters:
            if parameter.optional and random.random() < 0.5:
                break
            pool = pools.BY_NAME.get(f"{name}.{parameter.name}") or pools.BY_NAME.get(f"->{parameter.name}")
            arguments.append(encode(random.choice(pool) if pool else maker.of_type(parameter.type, 1)))
        parts.append("\t".join(["->" + method.name, *arguments]))
    return "\t|\t".join(parts)
