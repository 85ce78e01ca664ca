"""Code that is deep, long, large, of another age or of no sense: expressions and statements as text."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

DEPTHS = (3, 12, 40, 90, 150, 300, 600, 1200, 3000)
COUNTS = (10, 200, 3000)

Maker = Callable[[int], str]

WRAPS: tuple[tuple[str, str, str], ...] = (
    ("[", "1", "]"),
    ("(", "1", ")"),
    ("(", "1", ",)"),
    ("{1: ", "1", "}"),
    ("{", "1", "}"),
    ("f(", "1", ")"),
    ("a[", "1", "]"),
    ("not ", "1", ""),
    ("-", "1", ""),
    ("~", "1", ""),
    ("await ", "a", ""),
    ("*", "a", ""),
    ("lambda: ", "1", ""),
    ("lambda a=", "1", ": a"),
    ("lambda a: (yield ", "a", ")"),
    ("(a := ", "1", ")"),
    ("a if ", "b", " else c"),
    ("a if b else ", "c", ""),
    ("[a for a in ", "b", "]"),
    ("[", "a", " for a in [1, 2]]"),
    ("{a: ", "a", " for a in 'ab'}"),
    ("(", "a", " for a in range(3) if a)"),
    ("list(", "'ab'", ")"),
    ("str(", "1", ")"),
    ("len([", "1", "])"),
    ("dict(a=", "1", ")"),
    ("sorted(", "'ba'", ", key=lambda x: x)"),
    ("tuple(map(str, ", "'ab'", "))"),
    ("getattr(", "a", ", 'b')"),
    ("type('A', (", "object", ",), {})"),
    ("models.Q(", "a=1", ")"),
    ("~models.Q(models.Q(", "a=1", "))"),
    ("ArrayField(", "models.CharField(max_length=3)", ")"),
    ("models.Case(models.When(a=1, then=", "models.F('a')", "))"),
    ("models.Func(", "models.F('a')", ", function='lower')"),
    ("migrations.SeparateDatabaseAndState([], [", "", "])"),
    ("migrations.RunSQL([", "'SELECT 1'", "])"),
    ("models.ForeignKey(to=", "'self'", ", on_delete=models.CASCADE)"),
    ("models.ManyToManyField(through=", "'a.B'", ")"),
    ("settings.get(", "'A'", ", 'b')"),
    ("os.environ.get('A', ", "'b'", ")"),
    ("os.path.join(", "'a'", ", 'b')"),
    ("swappable_dependency(", "settings.AUTH_USER_MODEL", ")"),
    ("f'{", "1", "}'"),
    ('f"{', "1", '!r:>{10}}"'),
    ("'%s' % (", "1", ",)"),
    ("'{}'.format(", "1", ")"),
    ("_(", "'a'", ")"),
    ("partial(", "f", ", 1)"),
)
TAILS: tuple[tuple[str, str], ...] = (
    ("a", ".b"),
    ("a", "()"),
    ("a", "[0]"),
    ("a", "[:]"),
    ("1", " + 1"),
    ("'a'", " + 'a'"),
    ("['a']", " + ['a']"),
    ("'a'", " 'b'"),
    ("{}", " | {1: 2}"),
    ("1", " < 1"),
    ("a", " and b"),
    ("a", " or b"),
    ("2", " ** 2"),
    ("'%s'", " % '%s'"),
    ("models.Q(a=1)", " | models.Q(b=2)"),
    ("models.F('a')", " * 2"),
    ("'a'", ".lower()"),
    ("'a'", ".replace('a', 'aa')"),
    ("a", " if b else c"),
    ("1", " in [1]"),
    ("models.Model", ".__class__"),
    ("A", ".objects.filter(a=1)"),
)
BLOCKS = (
    "if a:",
    "if True:",
    "for a in [1, 2]:",
    "while a:",
    "while True:",
    "def f(a=1):",
    "async def f():",
    "class A:",
    "class A(models.Model):",
    "class Meta:",
    "with a as b:",
    "try:",
    "match a:",
    "if a == 1:",
    "for a in A:",
    "@f\n",
)
ROWS: tuple[tuple[str, str, str], ...] = (
    ("if a == 0:\n    b = 0\n", "elif a == {0}:\n    b = {0}\n", ""),
    ("", "try:\n    import a{0}\nexcept ImportError:\n    a{0} = None\n", ""),
    ("", "@f{0}\n", "def g(): pass\n"),
    ("", "A{0} = A{1}\n", ""),
    ("class A0(models.Model): pass\n", "class A{1}(A{0}): pass\n", ""),
    ("", "class B{0}(models.Model):\n    b = models.ForeignKey('B{1}', models.CASCADE)\n", ""),
    ("", "from a{0} import *\n", ""),
    ("", "from . import a{0} as a{1}\n", ""),
    ("", "def f{0}(): return f{1}()\n", "A = f0()\n"),
    ("L = []\n", "L.append({0})\n", ""),
    ("L = {{}}\n", "L['{0}'] = L\n", ""),
    ("L = []\n", "L += L + [{0}]\n", ""),
    ("A = 'a'\n", "A = A + A\n", ""),
    ("A = ()\n", "A = A, A\n", ""),
    ("", "global a{0}\n", ""),
    ("", "del a{0}\n", ""),
    ("", "\f\n", ""),
    ("", "\\\n", "\n"),
    ("", ";", "\n"),
)
HUGE: tuple[Maker, ...] = (
    lambda n: "'" + "x" * (n * 100) + "'",
    lambda n: "b'" + "\\x00" * n + "'",
    lambda n: "9" * n,
    lambda n: "0x" + "f" * n,
    lambda n: "1e" + "9" * n,
    lambda n: "1_0" * n,
    lambda n: f"10 ** {n}",
    lambda n: f"10 ** 10 ** {n}",
    lambda n: f"'x' * {n} * {n} * {n}",
    lambda n: f"[1] * {n} * {n} * {n}",
    lambda n: f"1 << {n} ** 3",
    lambda n: f"list(range({n} ** 3))",
    lambda n: f"'%{n}{n}{n}d' % 1",
    lambda n: f"'{{:>{n}{n}{n}}}'.format(1)",
    lambda n: "[" + "1, " * n * 10 + "]",
    lambda n: "{" + "".join(f"{i}: '{i}', " for i in range(n)) + "}",
    lambda n: "[" + "".join(f"('{i}', _('{i}')), " for i in range(n)) + "]",
    lambda n: "f(" + "".join(f"a{i}={i}, " for i in range(n)) + ")",
    lambda n: "'" + "\\n" * n + "'",
    lambda n: "'" + "\\N{BULLET}" * n + "'",
    lambda n: "'''" + "\n" * n + "'''",
    lambda n: "f'" + "{a}" * n + "'",
    lambda n: "'" + "{}" * n + "'.format(*range(9))",
    lambda n: "'" + "%s" * n + "' % (1,)",
    lambda n: "lambda " + ", ".join(f"a{i}" for i in range(n)) + ": 1",
)
ODD = """
'\\ud800' | '\\udfff\\ud800' | '\\x00' | '\\N{NO SUCH NAME}' | b'\\xff' | r'\\' | 'a' b'c' | f'{'
f'{a' | f'}' | f'{a!x}' | f'{a:{b:{c:{d}}}}' | f'{"a" + f"{b!r}"}' | t'{a}' | rb'' | ur'a' | u'a'
Rb'\\' | 0777 | 10L | 0b2 | 1__0 | 1e999 | -1e999 | 1j | 1e400j | ... | __debug__ | None
NotImplemented | () | (,) | [,] | {,} | {**a} | {*a} | [*a, *b] | f(*a, **b) | f(a=1, a=2)
f(a for a in b) | f(**{'a': 1}, **{'a': 2}) | f(1, *a, 2) | a[1:2, ::3] | a[*b] | a.b.c.d() | (yield)
(yield from a) | (a := 1) | lambda: (yield) | lambda *, a: a | lambda a, /: a | lambda *a, **b: b
[a async for a in b] | await a | a if b else c | not a | a is not b | a not in b | a <> b | `a`
a < b < c | a @ b | a // 0 | 1 % 0 | 1 / 0 | 0 ** -1 | 'a' % 1 | '%d' % 'a' | '%(a)s' % {} | '%' % ()
'%*d' % (1, 2) | '{' .format() | '{0[a}'.format(1) | '{a.b.c}'.format(a=1) | '{!z}'.format(1)
'{:{}}'.format(1, 'z') | int('9' * 5000) | int('a') | int('1', 99) | float('nan') | float('inf')
float('x') | chr(-1) | chr(10 ** 9) | ord('') | bytes(-1) | bytes(10 ** 9) | range(1, 2, 0)
'a'.split('') | 'a'.encode('klingon') | 'a'.join(1) | [].pop() | {}.popitem() | max([]) | sum(['a'])
min(1) | len(1) | sorted([1, 'a']) | zip() | dict([1]) | dict('ab') | set([[]]) | {[]: 1} | {{}}
hash([]) | round(float('nan')) | divmod(1, 0) | pow(2, -1, 0) | slice(1) | [][0] | ''[0] | {}['a']
(1, 2)[9] | 'abc'[::0] | [1, 2][True] | 'ab'['a'] | type(1)(2) | type('A', (), {})() | super().a
super() | object() | __import__('os') | eval('1') | exec('a') | globals()['a'] | vars()['a'] | locals()
getattr(models, 'Model') | models | migrations | settings | 'self' | 'a.B.C' | '.' | 'a.' | '.B' | ''
' ' | 'a b' | 'shop.Maker' | 'contenttypes.ContentType' | settings.AUTH_USER_MODEL | True | False | -1
0 | models.Model | models.CASCADE | models.SET(1) | models.SET(models.SET) | models.ForeignKey
models.ForeignKey() | models.CharField | models.Q() | models.Q(1) | models.Index()
models.Index(fields=1) | models.UniqueConstraint() | models.CheckConstraint() | models.F()
models.Value([]) | models.AutoField(primary_key=1) | migrations.CreateModel()
migrations.CreateModel('A') | migrations.CreateModel('A', 1) | migrations.CreateModel('A', [('a',)])
migrations.AddField('A') | migrations.AddField('a', 'b', 'c') | migrations.RenameModel('A', 'A')
migrations.RenameField('A', 'a', 'a') | migrations.AlterField('', '', '') | migrations.DeleteModel(None)
migrations.RunPython() | migrations.RunPython(1) | migrations.RunSQL() | migrations.RunSQL(1)
migrations.RunSQL([()]) | migrations.RunSQL([('a', 'b', 'c')]) | migrations.AlterModelOptions('A', 1)
migrations.AlterUniqueTogether('A', [1]) | migrations.AlterModelBases(1) | migrations.AddIndex('A', 1)
migrations.RemoveIndex('A', '') | migrations.AddConstraint('A', 1)
migrations.AlterModelManagers('A', [1]) | migrations.AlterOrderWithRespectTo('A', 1)
migrations.SeparateDatabaseAndState(1, 2) | migrations.swappable_dependency(1) | migrations.Migration
('a',) | ('a', '__first__') | ('a', '__latest__') | ('', '') | (1, 2) | ('a', 'b', 'c')
[('a', 'b')] * 3 | ('shop', '0001_initial')
""".replace("\n", " | ")
ODDITIES = tuple(part.strip() for part in ODD.split(" | ") if part.strip())
STATEMENTS = """
print 'a'
print >>a, 'b',
exec 'a' in b
raise E, 'a', b
raise E from None
try: pass
except A, e: pass
except A, B: pass
except* A: pass
except (A, B) as c: pass
finally: pass
import a.b.c as d, e
import .
import
from . import *
from .... import a
from ...a.b import (c, d as e,)
from a import
from __future__ import braces
from __future__ import annotations
type A[T] = list[A]
type A = A
class A[T: (int, str), *U, **V](B[T]): pass
class A(A): pass
class A(*b, **c): pass
class A(metaclass=A): pass
class Meta(Meta): pass
class A:
def f[T](a: T = 1, /, b=2, *, c, **d) -> T: return f(a)
def f(a, (b, c)): pass
def f(: pass
async with a as b, c as d: pass
with (open(a) as b, open(c) as d,): pass
match a:
    case {'a': [1, *b], **c} if d: A = 1
    case A(b=1) | None: A = 2
    case _: A = 3
for a in a: a.append(a)
for i in range(10 ** 9): A = i
while True: A = A + 1
while A: A = not A
else: pass
global A; A = 1
nonlocal A
del A, INSTALLED_APPS, models
A = B = C = A
A, *B = C, = 1, 2
(A, [B, C]), D = 1, 2
A += A
A: int
A: int = 1
A.b.c = 1
A[0] = A
A['a']['b'] = A
A[:] = A
A @= A
lambda: 0 = 1
__all__ = ['a', *b] + __all__
__all__ += [1]
__path__ = []
__getattr__ = 1
globals()['A'] = 1
globals().update(a=1)
locals().update({'A': A})
setattr(models, 'Model', 1)
sys.path.insert(0, '/')
sys.path.insert(0, '../../..')
sys.modules[__name__] = 1
exec(open('a').read())
assert False, A
return
yield
break
continue
await a
INSTALLED_APPS = INSTALLED_APPS
INSTALLED_APPS += INSTALLED_APPS
INSTALLED_APPS = [INSTALLED_APPS]
INSTALLED_APPS.append(INSTALLED_APPS)
INSTALLED_APPS = None
INSTALLED_APPS = {'a': 1}
INSTALLED_APPS = 'shop'
INSTALLED_APPS = [1, None, '', '.', 'a..b', '..', b'a', 'shop.', '\\ud800', ['shop']]
MIGRATION_MODULES = {'shop': None, 'odd': 'shop.migrations', 1: 2}
MIGRATION_MODULES = 1
AUTH_USER_MODEL = 1
AUTH_USER_MODEL = 'a.b.c'
DEFAULT_AUTO_FIELD = 'a'
DEFAULT_AUTO_FIELD = None
abstract = A
app_label = ''
app_label = 1
db_table = '"a"."b'
db_table = '\\x00'
dependencies = 1
dependencies = [None, 1, 'a', ('a',), ('a', 1), ('shop', '0001_initial', 1), *A]
dependencies += dependencies
run_before = [('shop', '0001_initial')]
replaces = [('shop', '0001_initial'), ('shop', '0001_initial')]
operations = operations * 3
operations = [operations]
operations = None
operations = lambda: []
initial = 'no'
atomic = A
name = 1
label = 'shop'
label = ''
label = '\\n'
path = '/'
objects = models.Manager.from_queryset(A)()
fields = fields
""".strip().splitlines()


def expression(random: Random) -> str:
    """One expression, or what looks like one."""
    kind = random.random()
    if kind < 0.45:
        return random.choice(ODDITIES)
    if kind < 0.7:
        depth = random.choice(DEPTHS)
        start, middle, end = random.choice(WRAPS)
        return start * depth + middle + end * random.choice((depth, depth, depth, depth - 1))
    if kind < 0.85:
        start, tail = random.choice(TAILS)
        return start + tail * random.choice(DEPTHS)
    if kind < 0.92:
        return random.choice(HUGE)(random.choice(COUNTS))
    return _mixed(random, random.choice((4, 20, 90)))


def _mixed(random: Random, depth: int) -> str:
    text = random.choice(ODDITIES)
    for _ in range(depth):
        start, _middle, end = random.choice(WRAPS)
        text = start + text + end
    return text


def statement(random: Random) -> str:
    """One or many statements, each ending in a newline."""
    kind = random.random()
    if kind < 0.45:
        return "".join(random.choice(STATEMENTS) + "\n" for _ in range(random.choice((1, 2, 6))))
    if kind < 0.65:
        before, row, after = random.choice(ROWS)
        count = random.choice((5, 60, 400, 1500))
        return before + "".join(row.format(n, n + 1) for n in range(count)) + after
    if kind < 0.85:
        return _blocks(random, random.choice((3, 15, 25, 90, 300)))
    return f"{random.choice(NAMES)} = {expression(random)}\n"


NAMES = ("A", "INSTALLED_APPS", "operations", "dependencies", "replaces", "db_table", "choices", "f", "name")


def _blocks(random: Random, depth: int) -> str:
    same = random.choice(BLOCKS) if random.random() < 0.6 else None
    lines = [" " * n + (same or random.choice(BLOCKS)) for n in range(depth)]
    return "\n".join(lines) + "\n" + " " * depth + random.choice(("pass", "return 1", "A = 1", "")) + "\n"
