// The style sheet of the pages. Colours only repeat what words say; light and dark follow the
// reader.
#pragma once

#include <string_view>

namespace exporter {

inline constexpr std::string_view kPageStyle = R"css(
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2128;--dim:#5f6873;--line:#dfe3e8;--soft:#f5f7f9;
--critical:#8e1023;--error:#c2202e;--warning:#8a5a00;--notice:#0b5cad;--good:#18703a;--link:#0b5cad}
@media(prefers-color-scheme:dark){:root{--bg:#14181d;--fg:#dfe4ea;--dim:#98a2ae;--line:#2c333b;
--soft:#1b2128;--critical:#ff8b8b;--error:#ff7b72;--warning:#e3b341;--notice:#79b8ff;--good:#56d07e;
--link:#79b8ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:80rem;padding:0 1.25rem 2.5rem;background:var(--bg);color:var(--fg);
font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;
font-variant-numeric:tabular-nums}
a{color:var(--link);text-decoration:none}
a:hover{text-decoration:underline}
header{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;align-items:baseline;padding:.8rem 0;
border-bottom:1px solid var(--line)}
header b{font-weight:600}
header nav{margin-left:auto;display:flex;gap:1.1rem}
h1{font-size:1.5rem;font-weight:600;line-height:1.25;margin:1.3rem 0 .15rem;overflow-wrap:anywhere}
h1 .tag{margin-left:.5rem;vertical-align:.22em}
h2{font-size:1rem;font-weight:600;margin:1.9rem 0 .5rem}
p{margin:.25rem 0}
.dim{color:var(--dim)}
.counts{display:flex;flex-wrap:wrap;gap:.4rem 2.2rem;margin:1.2rem 0 .9rem;padding:0;list-style:none}
.counts b{display:block;font-size:1.6rem;font-weight:600;line-height:1.15}
.tag{display:inline-block;padding:.02rem .5rem;border-radius:.25rem;font-size:.8rem;font-weight:600;
line-height:1.45;white-space:nowrap;color:var(--c);background:color-mix(in srgb,var(--c) 11%,transparent);
border:1px solid color-mix(in srgb,var(--c) 32%,transparent)}
.critical{--c:var(--critical)}.error,.errors{--c:var(--error)}.warning,.warnings{--c:var(--warning)}
.notice,.undetermined{--c:var(--notice)}.info{--c:var(--dim)}.healthy{--c:var(--good)}
.bad{color:var(--error);font-weight:600}
.counts b{color:var(--c)}
.counts .zero b{color:var(--dim);font-weight:400}
form{display:flex;gap:.5rem;margin:.9rem 0 .8rem}
input,button{font:inherit;color:inherit;padding:.3rem .6rem;border:1px solid var(--line);
border-radius:.3rem;background:var(--bg)}
input{width:20rem;max-width:100%}
button{background:var(--soft);cursor:pointer}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{padding:.36rem .9rem .36rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th{font-size:.8rem;font-weight:500;color:var(--dim);white-space:nowrap}
th:last-child,td:last-child{padding-right:0}
td.n,th.n{text-align:right;white-space:nowrap}
td.k{white-space:nowrap}
tr.more td{border-bottom-color:transparent;padding-bottom:0}
.mono,code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
font-size:.92em}
.zone{overflow-wrap:anywhere;min-width:11rem}
.todo .zone{font-weight:600}
.word{color:var(--c)}
.small{display:none}
table.narrow{width:auto}
table.narrow th,table.narrow td{padding-right:2.2rem}
article{margin:0 0 .7rem;padding:.55rem .85rem .65rem;border-left:3px solid var(--c);background:var(--soft);
border-radius:0 .3rem .3rem 0}
article header{padding:0 0 .15rem;border:0;gap:.15rem .8rem}
article .since{margin-left:auto}
code{display:block;margin-top:.4rem;padding:.35rem .6rem;white-space:pre-wrap;overflow-wrap:anywhere;user-select:all;
background:var(--bg);border:1px solid var(--line);border-radius:.3rem}
.chain{display:block;min-width:40rem;max-width:50rem;height:auto}
.chain text{fill:var(--fg);font-size:13px}.chain .c-name{font-size:15px;font-weight:600}
.chain .c-bold{font-weight:600}.chain .c-mono{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,
"DejaVu Sans Mono",monospace}.chain .c-mono.c-bold{font-weight:600}
.chain .c-dim{fill:var(--dim)}.chain .c-bad{fill:var(--error);font-weight:600}.chain .c-ok{fill:var(--good)}
.chain path{fill:none;stroke:var(--good);stroke-width:1.6}.chain .c-head{fill:var(--good);stroke:none}
.chain .c-break{stroke:var(--error);stroke-width:2.4;stroke-dasharray:6 5}.chain .c-red{fill:var(--error)}
.chain .c-none{stroke:var(--dim);stroke-dasharray:2 5}.chain .c-grey{fill:var(--dim)}
.chain rect{fill:var(--bg);stroke:var(--dim);stroke-width:1}.chain .c-zone{fill:var(--soft);stroke-width:1.6}
.chain .c-secure,.chain .c-good{stroke:var(--good)}.chain .c-insecure{stroke:var(--dim);stroke-dasharray:2 5}
.chain .c-bogus,.chain .c-fault{stroke:var(--error);stroke-width:2.4;stroke-dasharray:7 5}
.chain .c-unknown{stroke:var(--notice);stroke-dasharray:14 6}
footer{margin-top:2.2rem;padding-top:.7rem;border-top:1px solid var(--line);font-size:.9em}
.pager{display:flex;gap:1.2rem;margin-top:.8rem}
@media(max-width:44rem){body{padding:0 .8rem 2rem}.wide{display:none}.small{display:block}
input{flex:1;width:auto;min-width:0}header nav{margin-left:0}article .since{margin-left:0}
.counts{display:grid;grid-template-columns:repeat(3,auto)}.zone{min-width:8rem}
th,td{padding-right:.6rem}table.narrow th,table.narrow td{padding-right:1.2rem}}
)css";

}  // namespace exporter
