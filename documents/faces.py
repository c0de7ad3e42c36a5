"""Type faces by role: what an office has a licence for comes first, what is free stands behind.

An operator who has installed other faces names them in the setting `JBGS_FACES`, for example
{"fang": ["方正仿宋_GB18030"]}; they are put in front. Nothing is ever loaded from a network.
"""

import re
import subprocess
from functools import lru_cache

from django.conf import settings

# Each stack ends with a Noto face that has all of GBK, so that a rare name (堃, 珺, 䶮) falls back glyph by glyph and
# never to a box. It must be the SC family: plain "Noto Serif CJK" draws Japanese shapes.
SONG, HEI = "Noto Serif CJK SC", "Noto Sans CJK SC"
TITLE_FACES = (
    "方正小标宋简体",
    "FZXiaoBiaoSong-B05S",
    "方正小标宋_GBK",
    "FZXiaoBiaoSong-B05",
    "STZhongsong",
    "华文中宋",
)
HEI_FACES = ("SimHei", "黑体", "方正黑体_GBK", "FZHei-B01", "STHeiti", "FandolHei")
FACES = {
    "fang": (
        *(
            "仿宋_GB2312",
            "FangSong_GB2312",
            "方正仿宋_GBK",
            "FZFangSong-Z02",
            "FangSong",
            "仿宋",
            "STFangsong",
            "华文仿宋",
        ),
        *("FandolFang", SONG),
    ),
    "title": (*TITLE_FACES, SONG),
    "hei": (*HEI_FACES, HEI),
    "kai": (
        *("楷体_GB2312", "KaiTi_GB2312", "方正楷体_GBK", "FZKai-Z03", "KaiTi", "楷体", "STKaiti", "华文楷体"),
        *("FandolKai", "AR PL KaitiM GB", "LXGW WenKai", SONG),
    ),
    "song": ("SimSun", "宋体", "方正书宋_GBK", "FZShuSong-Z01", "STSong", "华文宋体", SONG),
}
# PostScript names that may stand in a paper. Anything else is a silent substitute (DejaVu, a Japanese Noto).
EXPECTED = re.compile(
    r"Fandol|KaitiM|gkai|LXGW|Noto-?(Serif|Sans)-?CJK-?SC|FangSong|SimSun|SimHei|KaiTi|^FZ|^ST(Song|Zhongsong|Kai|Hei|Fang)",
    re.I,
)


def stacks() -> dict[str, tuple[str, ...]]:
    """The family names of each role, in the order in which they are tried."""
    own = settings.JBGS_FACES
    return {role: (*own.get(role, ()), *families) for role, families in FACES.items()}


def css() -> str:
    """The custom properties that papers.css builds on. A drawn heavy face is never emboldened, a light stand-in is."""
    lines = [f"--{role}: {', '.join(_quoted(f) for f in families)};" for role, families in stacks().items()]
    own = settings.JBGS_FACES
    for role, heavy in (("title", TITLE_FACES), ("hei", HEI_FACES)):
        present = installed().intersection((*own.get(role, ()), *heavy))
        lines.append(f"--{role}-weight: {400 if present else 700};")
    return ":root { " + " ".join(lines) + " }"


def strange(names) -> set[str]:
    """Those of the embedded faces that no stack names."""
    own = {_plain(face) for families in settings.JBGS_FACES.values() for face in families}
    return {name for name in names if not EXPECTED.search(name) and _plain(name) not in own}


@lru_cache(maxsize=1)
def installed() -> frozenset[str]:
    """Every family name that fontconfig knows, in all languages; empty where its command is missing."""
    try:
        done = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(name.strip() for line in done.stdout.splitlines() for name in line.split(","))


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).lower()


def _quoted(family: str) -> str:
    return '"' + family.replace("\\", "").replace('"', "").replace("\n", "") + '"'
