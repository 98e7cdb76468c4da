"""What makes a password acceptable."""

import unicodedata
from collections.abc import Sequence

SHORTEST = 10
LONGEST = 128
FEWEST_LETTERS = 5

# What people here choose when ten characters are asked for; a list of guesses, not of leaked passwords.
COMMON = frozenset(
    """
    1234567890 0123456789 9876543210 0987654321 1122334455 1231231234 123456789a 12345678910 1234512345 123454321a
    a123456789 abcd123456 abc1234567 abcdefghij qwertyuiop qwerty12345 qwerty1234 1q2w3e4r5t 1qaz2wsx3edc q1w2e3r4t5
    asdfghjkl1 asdfghjklzxcvbnm zxcvbnm123 qazwsxedcrfv password12 password123 password1234 passw0rd123 p4ssw0rd123
    passwordku passwordku1 katasandi1 katasandi12 katasandi123 katasandiku rahasia123 rahasia1234 rahasiaku1 rahasiaku123
    rahasianegara sandi12345 sandirahasia administrator administrator1 admin12345 admin123456 adminadmin superadmin1
    superadmin123 operator123 operator1234 pegawai123 pegawai1234 pegawainegeri pegawaiku123 negeri12345 pnsbali2024
    pnsbali2025 pnsbali2026 indonesia1 indonesia12 indonesia123 indonesia1945 indonesiaraya indonesiaku indonesia45
    merdeka1945 merdeka170845 merahputih merahputih1 garuda12345 pancasila1 pancasila45 pancasila123 bhinneka123
    bhinnekatunggalika bali123456 balidwipa1 balidwipajaya pulaubali1 pulaudewata denpasar12 denpasar123 denpasar1234
    denpasarbali badung12345 gianyar1234 tabanan1234 buleleng123 karangasem1 klungkung123 singaraja123 jakarta123
    jakarta1234 bandung123 bandung1234 surabaya12 surabaya123 surabaya1234 semarang123 yogyakarta1 makassar123 palembang123
    bismillah1 bismillah12 bismillah123 bismillahirrahmanirrahim alhamdulillah alhamdulillah1 assalamualaikum astaghfirullah
    subhanallah omswastiastu omswastyastu omsantisantisantiom rahayu12345 tuhanyesus1 yesuskristus1 haleluya123 puji12345678
    sayangku123 sayangkamu sayangkamu1 sayangmama sayang1234 sayang12345 cintaku123 cintakamu1 akucintakamu akusayangkamu
    iloveyou12 iloveyou123 iloveyouu1 keluargaku keluarga123 keluargabahagia anakku1234 mamapapa123 ayahbunda1 bundaku123
    samsung123 samsung1234 android123 komputer123 internet123 whatsapp123 facebook123 instagram1 google12345 welcome123
    welcome1234 letmein1234 changeme123 gantipassword gantisandi1 default123 testing123 testtest12 test123456 cobacoba12
    bkpsdm12345 bkdbali123 dinasbali1 pemprovbali pemprovbali1 pemprovbali2024 pemprovbali2025 pemprovbali2026 presensi123
    presensiku1 absensi123 absensi1234 absensiku1 tapak12345 tapaktapak januari123 februari123 agustus1945 agustus171945
    """.split()  # noqa: SIM905
)


def normalized(password: str) -> str:
    """The password as it is compared: the same however the keyboard composed its letters.

    Source: NIST SP 800-63B section 5.1.1.2 (NFKC).
    """
    return unicodedata.normalize("NFKC", password)


def password_flaw(password: str, nip: str, names: Sequence[str]) -> str | None:
    """The code of what is wrong with a new password, None when it will do: long, not oneself, not what all choose.

    Source: ASVS 5.0 6.2.1, 6.2.4, 6.2.8, 6.2.11.
    """
    password = normalized(password)
    bare = _bare(password)
    if len(password) < SHORTEST:
        return "password_short"
    if len(password) > LONGEST:
        return "password_long"
    if nip in bare or any(_bare(name) and (_bare(name) == bare or _is_padded(_bare(name), bare)) for name in names):
        return "password_names_you"
    if password.casefold() in COMMON or bare in COMMON or len(set(bare)) < FEWEST_LETTERS:
        return "password_common"
    return None


def _bare(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _is_padded(name: str, bare: str) -> bool:
    """Whether it is the name with only digits around it."""
    return name in bare and bare.replace(name, "", 1).isdigit()
