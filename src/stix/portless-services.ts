/**
 * Names of services that IANA registered without a port: protocols below the ports, and services that are
 * found by DNS-SD. In lower case. The registry of April 2024; a change of it that takes a name away is rare.
 */
export const PORTLESS_SERVICES = `
argus arp bbn-rcc-mon bootp br-sat-mon cftp chaos clock cmot cookie-jar dcn-meas dgp dmf-mail egp
ehf-mail emcon fconfig ggp hmp host2-ns icmp igmp igp imap2 ip ipcu ippc ip-arc ip-arpa ip-cmprs
ip-dc ip-dvmrp ip-e ip-ee ip-fddi ip-hc ip-ieee ip-ipx ip-mtu ip-netbios ip-slip ip-wb ip-x25 irtp
iso-tp4 larp leaf-1 leaf-2 loc-srv mail merit-inp mib mihcs mihes mihis mfe-nsp mit-subnet mux
netblt neted netrjs nfile nvp-ii ospf pcmail ppp prm pup quote rarp ratp rdp rip rvd sat-expak
sat-mon smi stp sun-rpc tcp tcp-aco thinwire tp-tcp trunk-1 trunk-2 ucl udp users via-ftp visa vmtp
wb-expak wb-mon xnet xns-idp
1password 7ksonar a-d-sync abi-instrument accessdata-f2d accessdata-f2w accessone accountedge
acrobatsrv acs-ctl-ds acs-ctl-gw acsp-server actionitems activeraid activeraid-ssl adamhall
addressbook addressbooksrv adnodes adobe-shadow adobe-vc adisk adpro-setup aecoretech aeroflex
aerohive-proxy affinity-docs0 affinity-docs1 affinity-docs2 affinity-cntent airdrop airmate airplay
airport airpreview airprojector airsharing airsharingpro alazartech-atn aloe-gwp aloe-pp
alpacadiscovery amazon-expiscor amba-cam amiphd-p2p ams-htm animolmd animobserver anquetsync
antrmai anyremote appelezvous apple-ausend apple-mobdev apple-midi applerdbg appletv
appletv-itunes appletv-pair aquamon arcnet arn aroundsound asam-cmp aseba astnotify astralite async
atnet atlassianapp attero-ad audirvana-ap autosendimages autotargets-ap av av-chat-ring-01 avatars
avatars-sec axis-nvr axis-video autotunnel b3d-convince babyphone bandhelper-rc bandhelper-ss
barroomcomedy bcloud-server bdsk beacon beamer beatpack beatsdirect beep behnke-cc behnke-station
behnke-video bender beyondidentity bfagent bhipc bidib bigbangchess bigbangmancala biosonics bitflit
bittorrent blackbook bluevertise boardplus booked-sync bookworm bootstrap boundaryscan bousg
boutfitness boxraysrvr bq-cromo breas bri bridgeprotocol brski-proxy brski-registrar bsqdea btp
buddycloud-api buzzer caldav caldavs caltalk canon-chmp carddav carddavs cardsend carousel cctv
cerebra certificates cheat chess chfts chili ciao cip4discovery clipboard clique clscts collabio
collection commfort com-ocs-es-mcc conecube contactserver controllerplus convert coolanetaudio
core-rd core-rd-tls core-rd-dtls corroboree cosir coviot cpnotebook2 csi-mmws cw-codetap cw-dpitap
cw-oncetap cw-powertap cytv dacp dancepartner darkhorsetimer dataturbine dbaudio dccp-ping
dell-soo-ds dell-soss-ds-w dell-ssms-ds demoncamremote device-info devonsync dhanda-g dictation difi
disconnect displaysrc dist-opencl ditrios divelogsync dlpx-sp dltimesync dns-llq-tls dns-push-tls
dns-query-tls dns-sd dns-update dns-update-tls dnssd-srp dnssd-srp-tls dop dots-call-home dots-data
dropcopy dsgsync dsl-sync dtrmtdesktop duckrace dxtgsync ea-dttx-poker earphoria easyspndlg-sync
eb-amuzi eb-sync ebms ecms ebreg ecbyesfsgksc edcp edge1 edsservice eeg efkon-elite egistix eheap
embrace enphase-envoy ep esp est est-coaps eucalyptus eventserver evp evs-notif ewalletsync ewelink
example exb extensissn eyetvsn facespan faxstfx feed-sharing feldwesen firetask fish fisk fix fjork
fl-purr flightdmp flir-ircam fmserver-admin fontagentnode foxtrot-serv foxtrot-start frameforge-lic
freehand frog ftpcroco fv-cert fv-key fv-time g2metric-lynx garagepad giffer gforce-ssmp glasspad
glasspadserver glrdrvmon googexpeditions googlecast goorstop gopro-wake gopro-web gotit gpnp
grillezvous groovesquid growl gsremotecontrol gucam-http guid h323 hbbtv-ait help hg hinz hmcp hola
home-sharing homeauto homeconnect homekit honeywell-vid hotwayd howdy hpdeviceinfo hpr-bldlnx
hpr-bldwin hpr-db hpr-rep hpr-toollnx hpr-toolwin hpr-tstlnx hpr-tstwin hs-off htsp htvncconf hue
huesync hyperstream iad1 iad2 iad3 iaudit ibiz ica-networking ican ichalkboard ichat ici iconquer
icontrolbox idata idcws ideaquest idsync iffl ifolder ihouse ii-drills ii-konane ilynx im imagescal
imidi imgsync ims-ni indigo-dvr infboard informacast innergroup inova-ontrack iot iota ipbroadcaster
iperfd ipspeaker iqp irc-iot ir-hvac-000 irelay irmc irobotmcs iroid-sd irradiatd-iclip irt-sharing
isparx ispq-vc ishare isticky istorm isynchronize itap-publish itis-device itsrc ivef iwork izira
jcan jeditx jini jmap jnx-kcsync jtag jukebox jukejoint keynoteaccess keynotepairing kiwin knx ktp
kyma la-maint labyrinth lan2p lapse larvaio-control leaf lexicon liaison library libratone licor
llrp-secure lobby logicnode logsheetserver lonbridge lontalk lonworks lsys-appserver lsys-camera
lsys-ezcfg lsys-oamp lumiere lumis-lca lux-dtp lxi lyrics m30s1pt macfoh macfoh-admin macfoh-audio
macfoh-events macfoh-data macfoh-db macfoh-remote macminder maestro magicdice mandos mas matrix
matterc matterd mavlink mazepseudo-game mbconsumer mbproducer mbserver mconnect mcrcp mediaboard1
mediatap mercurydock mesamis meshcop meshcop-e mi-raysat microdeep midi2 mieleacs mieleathome
mieleprof mielesemiprof mist mles mmm mn-passage modolansrv mogeneti-auth moncon moneysync
moneyworks moodring mother movieslate mp3sushi mqtt mslingshot msrps mumble musicmachine mysync mttp
mxim-art2 mxim-ice mxs naio nasmon nasunifiler ncbroadcast ncdirect ncount-issuer ncsyncserver ndi
nedap-aepu neoriders netready netrestore netvu-video nextcap nfs-domainroot ngr-keydist ni ni-ftp
ni-mail ni-rt ni-sysapi nodel nq ntlx-arch ntlx-ent ntlx-video ntx nusdp oak obf objective oca
ocasec ocaws oce od-master odabsharing odisk officetime-sync ofocus-conf ofocus-sync ola
olpc-activity1 oma-bcast-sg omadm-bootstrap omni-bookmark omni-live omnistate onenet-info
onenet-pairing onenet-pgn openbase opencu openpath oprofile oscit ovready owhttpd parentcontrol
passwordwallet pcast p2pchat p2pstorage-sec pairandshare panoply parabay-p2p parity payload-app
pgpkey-hkp pgpkey-http pgpkey-https pgpkey-ldap pgpkey-mailto photoparata photoshow photosmithsync
pictua piesync pipedal piu pkixrep poch pochi podcastproxy pokeeye powereasy-erp powereasy-pos
pplayer-ctrl pres presence print-caps printopia profilemac prolog protonet psap psia pstmailsync
pstmailsync-ssl ptnetprosrv2 ptp-init ptp-req pulsar puzzle pvaccess qbox qttp quad quinn qwizcollab
rakket radiotag radiovis radioepg radioport radiusdtls radiustls railduino raop rapta rbr rce
realplayfavs recipe-box recipe-sharing recolive-cc recordit-itp remote remotebuddy remoteburn
renderpipe rendezvouspong renkara-sync resol-vbus retrospect rfbc rfid rgb riousbprint roambot
robustirc roku-rcp roomcast-capi roomcast-mapi rql rr-disc rradict rsmp-server rubygems rxxmiele
rym-rrc safarimenu sallingbridge sallingclicker salutafugijms sandvox savagesoft sc-golf scanner
schdca schick schims schlog schmpp schoms schsap schsrmp schvpp scone scoop-sftp scpi-raw
scpi-telnet sdsharing see seecard senteo-http sentillion-vlc sentillion-vlt sepvsync serendipd
servereye servermgr services sessionfs setlistmaker-rc setlistmaker-ss sftp-ssh sge-exec sge-qmaster
shifter ship shipsgm shipsinvit shoppersync shots-sync shoutcast siminsufflator simmon simusoftpong
sipuri sironaxray skillscapture skype sleep-proxy sleeptracker slimcli slimhttp slpda smag smaho
smartenergy smartsocket smb smimeca sms smsync snif-cln snif-fifo snif-srv soap socketcloud soda
souschef sox sparechange sparql spearcat spidap spincrisis spiderelectron spl-itunes spr-itunes
splashsync split-dns64 spres spx-hmp sqp ss-sign ss-sign-disc ssd-audio ssscreenshare startrecapp
stingray-rpc stingray-remote strateges stanza stickynotes stotp strobe-sync sugarlock-rcp supple
surveillus svn swcards switcher swordfish swyp sxqdea sybase-tds synclavier syncopation syncqdea
synergy synksharing sztp taccounting tango tapinoma-ecs taskcoachsync tbricks tcode tcu te-faxserver
teamlist ted teleport tenir-rc tera-fsmgr tera-mp test-ok tf-redeye thing thumbwrestling
ticonnectmgr tic-tac-toe timezone timezones tinavigator tivo-device tivo-hme tivo-mindrpc tivo-music
tivo-photos tivo-remote tivo-videos tmsensor todogwa tomboy toothpicserver touch-able touch-remote
tptx-console transmitr trel tri-vis-client tri-vis-server tryst tsbiis tt4inarow ttcheckers
ttp4daemon tunage tuneranger tvm twiline-disc twinlevel twosnakes tyba tzrpc ubertragen
ucdynamics-tuc uddi uddi-inq uddi-pub uddi-sub uddi-sec upnp urlbookmark usp-agt-coap usp-agt-http
usp-agt-mqtt usp-agt-stomp usp-agt-ws usp-ctr-coap usp-ctr-http usp-ctr-mqtt usp-ctr-stomp
usp-ctr-ws uswi utest uwsgi vapix-http vapix-https ve-decoder ve-encoder ve-recorder vedabase vhusb
virtualdj visel voalte2 voalte3 volterio vos voxidahmp vrmg-p2p vue4rendercow vxi-11 wakeywakey
walkietalkie wd-2go wdp web-xi webex we-jell webdav webdavs webissync wedraw whamb whistler wicop
wifile witap witapvoice wkgrpsvr workstation wormhole workgroup wot wpl-ers-http wpl-ers-zmq
writietalkie ws wtc-heleos wtc-qels wtc-rex wtc-viscostar wtc-wpr wwdcpic x510 x-on x-plane9
xcodedistcc xential xgate-rmi xmiserver xmp xsanclient xsanserver xsansystem xtimelicence xtshapro
xul-http yakumo z-wave zeromq zigbee-bridge zigbee-gateway
`;
