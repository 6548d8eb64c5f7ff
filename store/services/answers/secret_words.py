"""Detects a password, PIN or OTP that is given with its value. Such a message is never kept (requirement L11).

The word alone is no secret. For example, "มิจฉาชีพขอรหัส OTP เบอร์ 02-123-4567" reports a fraud; its number is a
telephone and no code.
"""

import re

from store.thai import arabic_digits

# Invisible characters. They are removed first, so that none inside a word or a code hides it from the patterns.
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufe0f\ufeff\u180e"))
_WHOSE = r"(?: ?(?:ของ ?)?(?:ฉัน|ผม|หนู|ดิฉัน|พี่|ที่ได้|ใหม่))?"
# What may stand between the word and its value: OTP คือ 123456, PIN: 1234, otp (123456).
_IS = r" ?(?:คือ|เป็น|is|code)? ?[:=(\"'#\u2010-\u2015-]? ?"
_CODE = re.compile(
    r"(?:(?<![a-z])(?:otp|pin)(?![a-z])|โอทีพี|รหัส ?(?:พิน|ลับ|กดเงิน|เอทีเอ็ม|atm|บัตร ?(?:atm|เอทีเอ็ม|เครดิต|เดบิต)?))"
    rf"{_WHOSE}{_IS}(?:\d{{4,8}}|\d{{3}}[ -]\d{{3}})(?!-?\d)",
    re.IGNORECASE,
)
_CODE_FIRST = re.compile(
    r"(?<!\d)\d{4,8} ?(?:คือ|เป็น|is) ?(?:your |my )?(?:รหัส ?)?(?:otp|pin|โอทีพี)", re.IGNORECASE
)
_SPOKEN_OF = r"(?:รหัสผ่าน|พาสเวิร์ด|พาสเวิด|(?<![a-z])pass(?:word|wd|code)|รหัสลับ)"
_PASSWORD_SAID = re.compile(rf"{_SPOKEN_OF}{_WHOSE} ?(?:[:=]|คือ) ?[!-~]{{4}}", re.IGNORECASE)
# Without ":", "=" or คือ, what follows the word is taken for its value only if it holds a digit and is neither a
# telephone number nor a citizen ID.
_PASSWORD_BESIDE = re.compile(
    rf"{_SPOKEN_OF}{_WHOSE} ?(?:is|เป็น)? ?"
    r"(?!\(?0\d{1,2}-?\d{3}-?\d{3,4}(?!\d)|\d{13})(?=[!-~]{0,64}\d)[!-~]{4}",
    re.IGNORECASE,
)


def tells_a_secret(text: str) -> bool:
    """Says whether the text tells a secret.

    It is True for รหัสผ่าน: hunter22 and otp 123456, and False for ลืมรหัสผ่าน and รหัสไปรษณีย์ 50000.
    """
    text = " ".join(arabic_digits(text).translate(_UNSEEN).split())
    return any(pattern.search(text) for pattern in (_CODE, _CODE_FIRST, _PASSWORD_SAID, _PASSWORD_BESIDE))
