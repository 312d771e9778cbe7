/**
 * Character sets of the IANA registry, revision of 2013-12-20, as the standard wants them named: by the
 * preferred MIME name where there is one, by the registered name otherwise. Aliases do not count.
 */

/** Lower-case names; the registry compares without regard to case. @see STIX 2.1 §6.3, §6.7; RFC 2978 §2.3 */
const NAMES = `
us-ascii iso-8859-1 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 iso-8859-8
iso-8859-9 iso-8859-10 iso-8859-13 iso-8859-14 iso-8859-15 iso-8859-16 iso-8859-6-e iso-8859-6-i
iso-8859-8-e iso-8859-8-i iso_8859-supp iso_6937-2-add iso_6937-2-25 iso_10367-box iso-ir-90
jis_x0201 jis_encoding shift_jis euc-jp extended_unix_code_fixed_width_for_japanese
jis_c6220-1969-jp jis_c6220-1969-ro jis_c6226-1978 jis_c6226-1983 jis_c6229-1984-a
jis_c6229-1984-b jis_c6229-1984-b-add jis_c6229-1984-hand jis_c6229-1984-hand-add
jis_c6229-1984-kana jis_x0212-1990 ks_c_5601-1987 ksc5636 iso-2022-kr euc-kr iso-2022-jp
iso-2022-jp-2 iso-2022-cn iso-2022-cn-ext gb_1988-80 gb_2312-80 gb2312 gbk gb18030 hz-gb-2312 big5
big5-hkscs bs_4730 bs_viewdata sen_850200_b sen_850200_c it es es2 din_66003 ns_4551-1 ns_4551-2
nf_z_62-010 nf_z_62-010_(1973) pt pt2 msz_7795.3 nats-sefi nats-sefi-add nats-dano nats-dano-add
ds_2089 us-dk dk-us invariant iso_646.basic:1983 iso_646.irv:1983 greek7 greek7-old greek-ccitt
latin-greek latin-greek-1 latin-lap iso_5427 iso_5427:1981 iso_5428:1980 iso_2033-1983 inis inis-8
inis-cyrillic videotex-suppl asmo_449 ansi_x3.110-1983 t.61-7bit t.61-8bit t.101-g2 ecma-cyrillic
csa_z243.4-1985-1 csa_z243.4-1985-2 csa_z243.4-1985-gr csn_369103 jus_i.b1.002 jus_i.b1.003-serb
jus_i.b1.003-mac iec_p27-1 nc_nc00-10:81 gost_19768-74 iso-11548-1 kz-1048 utf-7 utf-8 utf-16
utf-16be utf-16le utf-32 utf-32be utf-32le cesu-8 scsu bocu-1 unicode-1-1 unicode-1-1-utf-7
iso-10646-utf-1 iso-10646-ucs-2 iso-10646-ucs-4 iso-10646-ucs-basic iso-10646-unicode-latin1
iso-10646-j-1 iso-unicode-ibm-1261 iso-unicode-ibm-1264 iso-unicode-ibm-1265 iso-unicode-ibm-1268
iso-unicode-ibm-1276 iso-8859-1-windows-3.0-latin-1 iso-8859-1-windows-3.1-latin-1
iso-8859-2-windows-latin-2 iso-8859-9-windows-latin-5 windows-31j windows-874 windows-1250
windows-1251 windows-1252 windows-1253 windows-1254 windows-1255 windows-1256 windows-1257
windows-1258 tis-620 cp50220 cp51932 koi8-r koi8-u koi7-switched viscii viqr tscii ptcp154
amiga-1251 brf macintosh hp-roman8 hp-legal hp-pi-font hp-math8 hp-desktop
adobe-standard-encoding adobe-symbol-encoding ventura-us ventura-international ventura-math
microsoft-publishing dec-mcs pc8-danish-norwegian pc8-turkish unknown-8bit mnemonic mnem
osd_ebcdic_df04_15 osd_ebcdic_df03_irv osd_ebcdic_df04_1 ibm-symbols ibm-thai ibm037 ibm038 ibm273
ibm274 ibm275 ibm277 ibm278 ibm280 ibm281 ibm284 ibm285 ibm290 ibm297 ibm420 ibm423 ibm424 ibm437
ibm500 ibm775 ibm850 ibm851 ibm852 ibm855 ibm857 ibm860 ibm861 ibm862 ibm863 ibm864 ibm865 ibm866
ibm868 ibm869 ibm870 ibm871 ibm880 ibm891 ibm903 ibm904 ibm905 ibm918 ibm1026 ibm1047 ibm00858
ibm00924 ibm01140 ibm01141 ibm01142 ibm01143 ibm01144 ibm01145 ibm01146 ibm01147 ibm01148 ibm01149
ebcdic-at-de ebcdic-at-de-a ebcdic-ca-fr ebcdic-dk-no ebcdic-dk-no-a ebcdic-fi-se ebcdic-fi-se-a
ebcdic-fr ebcdic-it ebcdic-pt ebcdic-es ebcdic-es-a ebcdic-es-s ebcdic-uk ebcdic-us
`;

/** Every name that an `_enc` property may hold, in lower case. */
export const CHARSET_NAMES: ReadonlySet<string> = new Set(NAMES.trim().split(/\s+/));
