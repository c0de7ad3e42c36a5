"""Numbers that pass their checks and are nobody's: everybody here was born on the first day of 1900."""

from stdnum.cn import ric


def make_id(serial: int) -> str:
    """A fictitious 身份证号码; `serial` is 0-999."""
    first17 = f"11000019000101{serial:03d}"
    return first17 + ric.calc_check_digit(first17 + "0")
