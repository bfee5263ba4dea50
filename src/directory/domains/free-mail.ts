/** Hosts where anybody gets an address: nobody there belongs to an organisation because of it. */
export const freeMail: ReadonlySet<string> = new Set(
  `gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk hotmail.fr live.com msn.com passport.com yahoo.com
  yahoo.co.uk yahoo.fr yahoo.de yahoo.co.jp yahoo.com.br ymail.com rocketmail.com aol.com icloud.com me.com mac.com
  proton.me protonmail.com protonmail.ch pm.me tuta.com tutanota.com tutanota.de gmx.de gmx.net gmx.com gmx.at gmx.ch
  web.de t-online.de freenet.de posteo.de mailbox.org mail.com mail.ru bk.ru inbox.ru list.ru yandex.ru yandex.com ya.ru
  rambler.ru qq.com foxmail.com 163.com 126.com yeah.net sina.com naver.com hanmail.net daum.net orange.fr wanadoo.fr
  free.fr laposte.net sfr.fr libero.it virgilio.it tiscali.it bluewin.ch hey.com fastmail.com fastmail.fm zoho.com
  zohomail.com duck.com mozmail.com privaterelay.appleid.com seznam.cz wp.pl o2.pl onet.pl interia.pl ukr.net uol.com.br
  bol.com.br terra.com.br rediffmail.com comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net
  btinternet.com sky.com mailinator.com guerrillamail.com yopmail.com temp-mail.org`.split(/\s+/),
)

/** Suffixes of two labels under which others register names, the common ones: no domain of anybody's. */
export const sharedSuffixes: ReadonlySet<string> = new Set(
  `co.uk org.uk ac.uk gov.uk me.uk ltd.uk plc.uk com.au net.au org.au edu.au gov.au co.nz org.nz net.nz co.jp or.jp ne.jp
  ac.jp go.jp co.kr or.kr com.cn net.cn org.cn gov.cn com.tw com.hk com.sg com.my com.br net.br org.br gov.br com.mx
  com.ar com.co com.tr com.ua com.pl co.za org.za co.in net.in org.in co.il org.il co.id co.th com.vn com.ph com.sa
  com.eg com.ng co.ke gv.at ac.at co.at or.at github.io gitlab.io pages.dev workers.dev vercel.app netlify.app
  herokuapp.com azurewebsites.net web.app firebaseapp.com blogspot.com appspot.com amazonaws.com cloudfront.net
  onrender.com fly.dev eu.org uk.com us.com de.com ddns.net duckdns.org no-ip.org`.split(/\s+/),
)
