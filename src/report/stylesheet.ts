/**
 * The style sheet of all pages: light and dark by the reader's choice, always light on paper (A4).
 * Colours of data are told apart with the common colour-vision deficiencies (after Okabe and Ito), and text has a
 * contrast of 4.5 to 1 or more on its ground.
 */
export const STYLESHEET = `
:root{color-scheme:light dark;
--page:#ffffff;--raised:#f5f6f8;--ink:#1b2230;--faint:#586174;--line:#dde1e8;
--reference:#8a94a6;--current:#0067a8;--alarm:#b4400c;--good:#0b6e53;--link:#0a5ea8;
--good-ground:#e7f4ef;--bad-ground:#fbece5;--warn:#7d5700;--warn-ground:#fbf3dd;--neutral-ground:#eef1f5}
@media screen and (prefers-color-scheme:dark){:root{
--page:#12161d;--raised:#1a2029;--ink:#e7ebf2;--faint:#a1abbd;--line:#2d3542;
--reference:#7f8a9e;--current:#58b2ee;--alarm:#ff9a6b;--good:#5fd0a8;--link:#7fc1f5;
--good-ground:#12291f;--bad-ground:#321c12;--warn:#eac46a;--warn-ground:#2c2410;--neutral-ground:#1f2631}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;font-variant-numeric:tabular-nums}
body>header,main,body>footer{max-width:1040px;margin:0 auto;padding:0 20px}
body>header{padding-top:36px}
a{color:var(--link);text-underline-offset:2px}
code{font:0.92em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
h1,h2,h3,p{margin:0}
h1{font-size:30px;line-height:1.2;font-weight:650;letter-spacing:-0.015em;text-wrap:balance;overflow-wrap:anywhere}
h2{font-size:19px;line-height:1.3;font-weight:650;letter-spacing:-0.01em}
h3{font-size:15px;font-weight:650}
.kicker{color:var(--faint);font-size:13px;margin-bottom:14px;overflow-wrap:anywhere}
.kicker b{color:var(--ink);font-weight:600}
.verdict{border-radius:10px;padding:20px 22px;background:var(--neutral-ground);border-left:5px solid var(--faint)}
.verdict p{margin-top:8px;max-width:75ch;overflow-wrap:anywhere}
.verdict.good{background:var(--good-ground);border-color:var(--good)}
.verdict.bad{background:var(--bad-ground);border-color:var(--alarm)}
.verdict.warn{background:var(--warn-ground);border-color:var(--warn)}
.numbers{display:flex;flex-wrap:wrap;gap:1px;margin:18px 0 0;background:var(--line);border:1px solid var(--line);border-radius:10px;overflow:hidden}
.numbers div{flex:1 1 150px;background:var(--page);padding:12px 16px}
.numbers dt{color:var(--faint);font-size:12.5px}
.numbers dd{margin:0}
.numbers .value{font-size:21px;font-weight:600;letter-spacing:-0.01em;line-height:1.35;overflow-wrap:anywhere}
.numbers .note{color:var(--faint);font-size:12.5px;line-height:1.4;overflow-wrap:anywhere}
nav{margin:18px 0 0;font-size:13.5px}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px;margin:0;padding:0}
section{margin-top:38px;padding-top:18px;border-top:1px solid var(--line)}
section>h2+*,section>.lead+*{margin-top:12px}
section>*+*{margin-top:18px}
.lead{color:var(--faint);max-width:80ch;margin-top:4px}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(290px,100%),1fr));gap:24px 22px;align-items:start}
.charts.wide{grid-template-columns:repeat(auto-fill,minmax(min(400px,100%),1fr))}
figure{margin:0;min-width:0;break-inside:avoid}
figcaption{font-weight:600;font-size:14px;margin-bottom:4px;overflow-wrap:anywhere}
figure svg{display:block;width:100%;height:auto;overflow:visible}
.legend{color:var(--faint);font-weight:400;font-size:12.5px;margin-left:6px;white-space:nowrap}
.key::before{content:'';display:inline-block;width:10px;height:10px;border-radius:2px;margin:0 5px 0 6px}
.key{font-style:normal;white-space:nowrap}
.key.reference::before{background:var(--reference)}.key.current::before{background:var(--current)}
.scroll{overflow-x:auto;break-inside:avoid-page}
table{border-collapse:collapse;font-size:13.5px;min-width:min(100%,440px)}
caption span{display:inline-block;max-width:calc(100vw - 40px)}
caption{text-align:left;font-weight:600;font-size:14px;padding-bottom:6px}
th,td{padding:6px 10px;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th:first-child,td:first-child{padding-left:0}
thead th{color:var(--faint);font-weight:500;font-size:12.5px;vertical-align:bottom;border-bottom-color:var(--faint)}
tbody th{font-weight:500}
.number{text-align:right;white-space:nowrap}
small{color:var(--faint);font-size:11.5px;font-weight:400}
td small{display:block}
tr{break-inside:avoid}
tr.marked th,tr.marked td{background:var(--raised)}
.tag{display:inline-block;border-radius:99px;padding:0 8px;font-size:12px;font-weight:550;line-height:1.65;white-space:nowrap;background:var(--neutral-ground);color:var(--faint)}
.tag.good{background:var(--good-ground);color:var(--good)}
.tag.bad{background:var(--bad-ground);color:var(--alarm)}
.tag.warn{background:var(--warn-ground);color:var(--warn)}
.facts{display:grid;grid-template-columns:minmax(120px,max-content) minmax(0,1fr);gap:5px 22px;margin:0;font-size:14px}
.facts dt{color:var(--faint)}
.facts dd{margin:0;overflow-wrap:anywhere}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(330px,100%),1fr));gap:24px 40px;align-items:start}
.pair>div>h3{margin-bottom:8px}
ul.plain{margin-bottom:0;padding-left:18px;max-width:90ch}
div>ul.plain{margin-top:0}
ul.plain li+li{margin-top:6px}
.matrix td,.matrix th{text-align:center;border:1px solid var(--line)}
.matrix,.heat{min-width:0}
.matrix th:first-child,.matrix td:first-child{padding-left:10px}
.matrix td{min-width:92px;font-size:17px;font-weight:600}
.matrix td small{font-weight:400}
.matrix .right{background:var(--raised)}
.heat td{text-align:center;min-width:56px;border:2px solid var(--page);background:color-mix(in srgb,var(--hue) calc(var(--strength)*45%),var(--page))}
.heat .positive{--hue:var(--current)}.heat .negative{--hue:var(--alarm)}.heat .none{--hue:var(--page);--strength:0;color:var(--faint)}
.heat thead th{text-align:center;border:0}
.heat tbody th{border:0}
body>footer{margin-top:44px;padding-top:14px;padding-bottom:36px;color:var(--faint);font-size:12.5px;overflow-wrap:anywhere}
@media (max-width:560px){body>header{padding-top:20px}h1{font-size:23px}.verdict{padding:15px 16px}
.numbers div{flex-basis:130px;padding:10px 12px}.facts{grid-template-columns:1fr;gap:0}tbody th{white-space:nowrap}td:not(.number){min-width:15ch}.matrix td,.heat td{min-width:0}.pair{gap:24px}.facts dd{margin-bottom:8px}.legend{white-space:normal}}
@page{size:A4;margin:14mm}
@media print{body{font-size:10.5pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}
body>header,main,body>footer{max-width:none;padding-left:0;padding-right:0}body>header{padding-top:0}
nav{display:none}h1{font-size:19pt}h2,h3,caption,figcaption,.lead{break-after:avoid}.lead{break-inside:avoid}section{margin-top:20px;padding-top:12px}
.scroll{overflow:visible}table{font-size:8.6pt}th,td{padding:3px 6px}td small{font-size:7.4pt}
.numbers,.verdict,.pair{break-inside:avoid}.pair{gap:14px 24px;grid-template-columns:1fr 1fr}.charts{grid-template-columns:repeat(3,1fr);gap:16px}.charts.wide{grid-template-columns:1fr 1fr}.pair .charts{grid-template-columns:1fr}
body>footer{margin-top:18px;padding-bottom:0}a{color:inherit;text-decoration:none}}
`.replace(/\n/g, '');
