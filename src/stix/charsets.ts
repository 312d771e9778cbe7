/** Names of character sets of the IANA registry, in lower case: primary and preferred MIME names. */

/** Lower-case names; the registry compares without regard to case. @see RFC 2978 §2.3 */
export const CHARSET_NAMES: ReadonlySet<string> = new Set(
  [
    "us-ascii iso-8859-1 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7",
    "iso-8859-8 iso-8859-9 iso-8859-10 iso-8859-13 iso-8859-14 iso-8859-15 iso-8859-16",
    "iso-8859-6-e iso-8859-6-i iso-8859-8-e iso-8859-8-i shift_jis euc-jp euc-kr iso-2022-kr",
    "iso-2022-jp iso-2022-jp-2 iso-2022-cn iso-2022-cn-ext utf-7 utf-8 utf-16 utf-16be utf-16le",
    "utf-32 utf-32be utf-32le cesu-8 scsu bocu-1 gbk gb18030 gb2312 hz-gb-2312 big5 big5-hkscs",
    "koi8-r koi8-u tis-620 windows-874 windows-1250 windows-1251 windows-1252 windows-1253",
    "windows-1254 windows-1255 windows-1256 windows-1257 windows-1258 windows-31j macintosh",
    "ibm037 ibm273 ibm274 ibm275 ibm277 ibm278 ibm280 ibm281 ibm284 ibm285 ibm290 ibm297 ibm420",
    "ibm423 ibm424 ibm437 ibm500 ibm775 ibm850 ibm851 ibm852 ibm855 ibm857 ibm860 ibm861 ibm862",
    "ibm863 ibm864 ibm865 ibm866 ibm868 ibm869 ibm870 ibm871 ibm880 ibm891 ibm903 ibm904 ibm905",
    "ibm918 ibm1026 ibm1047 ibm00858 ibm00924 ibm01140 ibm01141 ibm01142 ibm01143 ibm01144",
    "ibm01145 ibm01146 ibm01147 ibm01148 ibm01149 ibm-thai ibm-symbols viscii viqr hp-roman8",
    "adobe-standard-encoding adobe-symbol-encoding ventura-us ventura-international ventura-math",
    "iso-10646-ucs-2 iso-10646-ucs-4 iso-10646-ucs-basic iso-10646-unicode-latin1 iso-10646-j-1",
    "unicode-1-1 unicode-1-1-utf-7 ks_c_5601-1987 jis_encoding jis_c6220-1969-ro jis_x0201 tscii",
    "ptcp154 amiga-1251 brf kz-1048 cp50220 cp51932 osd_ebcdic_df04_15 osd_ebcdic_df03_irv",
    "osd_ebcdic_df04_1 iso-11548-1 gb_1988-80 gb_2312-80 bs_4730 din_66003 nf_z_62-010 es es2",
  ].flatMap((line) => line.split(" ")),
);
