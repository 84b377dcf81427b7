// The examples printed in the RFCs of DNSSEC, one record a line: data, signatures and denial as
// their authors made them.
#pragma once

#include <string_view>

namespace tests {

/// RFC 4034 section 2.3.
inline constexpr std::string_view kRfc4034Key =
    "example.com. 86400 IN DNSKEY 256 3 5 AQPSKmynfzW4kyBv015MUG2DeIQ3Cbl+BBZH4b/0PY1kxkmvHjc"
    "Zc8nokfzj31GajIQKY+5CptLr3buXA10hWqTkF7H6RfoRqXQeogmMHfpftf6zMv1LyBUgia7za6ZEzOJBOztyvhj"
    "L742iU/TpPSEDhm2SNKLijfUppn1UaNvv4w==\n";

/// RFC 4034 section 4.3.
inline constexpr std::string_view kRfc4034Nsec =
    "alfa.example.com. 86400 IN NSEC host.example.com. A MX RRSIG NSEC TYPE1234\n";

/// RFC 4034 section 5.4, and RFC 4509 section 2.3 with SHA-256.
inline constexpr std::string_view kRfc4034Ds =
    "dskey.example.com. 86400 IN DNSKEY 256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVb"
    "fi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv"
    "5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==\n"
    "dskey.example.com. 86400 IN DS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118\n"
    "dskey.example.com. 86400 IN DS 60485 5 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8"
    "383F6A1E4469DA50A\n";

/// RFC 4035 appendix A: the keys of the zone example.
inline constexpr std::string_view kRfc4035Keys =
    "example. 3600 IN DNSKEY 256 3 5 AQOy1bZVvpPqhg4j7EJoM9rI3ZmyEx2OzDBVrZy/lvI5CQePxXHZS4i8"
    "dANH4DX3tbHol61ek8EFMcsGXxKciJFHyhl94C+NwILQdzsUlSFovBZsyl/NX6yEbtw/xN9ZNcrbYvgjjZ/UVPZI"
    "ySFNsgEYvh0z2542lzMKR4Dh8uZffQ==\n"
    "example. 3600 IN DNSKEY 257 3 5 AQOeX7+baTmvpVHb2CcLnL1dMRWbuscRvHXlLnXwDzvqp4tZVKp1sZMe"
    "pFb8MvxhhW3y/0QZsyCjczGJ1qk8vJe52iOhInKROVLRwxGpMfzPRLMlGybr51bOV/1se0ODacj3DomyB4QB5gKT"
    "Yot/K9alk5/j8vfd4jWCWD+E1Sze0Q==\n"
    "example. 3600 IN RRSIG DNSKEY 5 1 3600 20040509183619 20040409183619 9465 example. Zxgau"
    "AuIj+k1YoVEOSlZfx41fcmKzTFHoweZxYnz99JVQZJ33wFS0Q0jcP7VXKkaElXk9nYJXevO/7nAbo88iWsMkSpSR"
    "6jWzYYKwfrBI/L9hjYmyVO9m6FjQ7uwM4dCP/bIuV/DKqOAK9NYNC3AHfvCV1Tp4VKDqxqG7R5tTVM=\n"
    "example. 3600 IN RRSIG DNSKEY 5 1 3600 20040509183619 20040409183619 38519 example. eGL0"
    "s90glUqcOmloo/2y+bSzyEfKVOQViD9ZDNhLz/Yn9CQZlDVRJffACQDAUhXpU/oP34ribKBpysRXosczFrKqS5Oa"
    "0bzMOfXCXup9qHApeFIku28Vqfr8Nt7cigZLxjK+u0Ws/4lIRjKk7z5OXogYVaFzHKillDt3HRxHIZM=\n";

/// RFC 4035 appendix A: some of its RRsets.
inline constexpr std::string_view kRfc4035Data =
    "example. 3600 IN SOA ns1.example. bugs.x.w.example. 1081539377 3600 300 3600000 3600\n"
    "example. 3600 IN RRSIG SOA 5 1 3600 20040509183619 20040409183619 38519 example. ONx0k36"
    "rcjaxYtcNgq6iQnpNV5+drqYAsC9h7TSJaHCqbhE67Sr6aH2xDUGcqQWu/n0UVzrFvkgO9ebarZ0GWDKcuwlM6eN"
    "B5SiX2K74l5LWDA7S/Un/IbtDq4Ay8NMNLQI7Dw7n4p8/rjkBjV7j86HyQgM5e7+miRAz8V01b0I=\n"
    "example. 3600 IN NS ns1.example.\n"
    "example. 3600 IN NS ns2.example.\n"
    "example. 3600 IN RRSIG NS 5 1 3600 20040509183619 20040409183619 38519 example. gl13F00f"
    "2U0R+SWiXXLHwsMY+qStYy5k6zfdEuivWc+wd1fmbNCyql0Tk7lHTX6UOxc8AgNf4ISFve8XqF4q+o9qlnqIzmpp"
    "U3LiNeKT4FZ8RO5urFOvoMRTbQxW3U0hXWuggE4g3ZpsHv480HjMeRaZB/FRPGfJPajngcq6Kwg=\n"
    "example. 3600 IN MX 1 xx.example.\n"
    "example. 3600 IN RRSIG MX 5 1 3600 20040509183619 20040409183619 38519 example. HyDHYVT5"
    "KHSZ7HtO/vypumPmSZQrcOP3tzWB2qaKkHVPfau/DgLgS/IKENkYOGL95G4N+NzEVyNU8dcTOckT+ChPcGeVjguQ"
    "7a3Ao9Z/ZkUO6gmmUW4b89rz1PUxW4jzUxj66PTwoVtUU/iMW6OISukd1EQt7a0kygkg+PEDxdI=\n"
    "a.example. 3600 IN DS 57855 5 1 B6DCD485719ADCA18E5F3D48A2331627FDD3636B\n"
    "a.example. 3600 IN RRSIG DS 5 2 3600 20040509183619 20040409183619 38519 example. oXIKit"
    "/QtdG64J/CB+Gi8dOvnwRvqrto1AdQoRkAN15FP3iZ7suB7gvTBmXzCjL7XUgQVcoHkdhyCuzp8W9qJHgRUSwKKk"
    "czSyuL64nhgjuDEML8l9wlWVsl7PR2VnZduM9bLyBhaaPmRKX/Fm+v6ccF2EGNLRiY08kdkz+XHHo=\n"
    "ai.example. 3600 IN A 192.0.2.9\n"
    "ai.example. 3600 IN RRSIG A 5 2 3600 20040509183619 20040409183619 38519 example. pAOtzL"
    "P2MU0tDJUwHOKE5FPIIHmdYsCgTb5BERGgpnJluA9ixOyf6xxVCgrEJW0WNZSsJicdhBHXfDmAGKUajUUlYSAH8t"
    "S4ZnrhyymIvk3uArDu2wfT130e9UHnumaHHMpUTosKe22PblOy6zrTpg9FkS0XGVmYRvOTNYx2HvQ=\n"
    "ai.example. 3600 IN HINFO \"KLH-10\" \"ITS\"\n"
    "ai.example. 3600 IN RRSIG HINFO 5 2 3600 20040509183619 20040409183619 38519 example. Iq"
    "/RGCbBdKzcYzlGE4ovbr5YcB+ezxbZ9W0le/7WqyvhOO9J16HxhhL7VY/IKmTUY0GGdcfhZEOCkf4lEykZF9NPok"
    "1/R/fWrtzNp8jobuY7AZEcZadp1WdDF3jc2/ndCa5XZhLKD3JzOsBwFvL8sqlS5QS6FY/ijFEDnI4RkZA=\n"
    "ai.example. 3600 IN AAAA 2001:db8::f00:baa9\n"
    "ai.example. 3600 IN RRSIG AAAA 5 2 3600 20040509183619 20040409183619 38519 example. nLc"
    "pFuXdT35AcE+EoafOUkl69KB+/e56XmFKkewXG2IadYLKAOBIoR5+VoQV3XgTcofTJNsh1rnF6Eav2zpZB3byI6y"
    "o2bwY8MNkr4A7cL9TcMmDwV/hWFKsbGBsj8xSCN/caEL2CWY/5XP2sZM6QjBBLmukH30+w1z3h8PUP2o=\n"
    "ns1.example. 3600 IN A 192.0.2.1\n"
    "ns1.example. 3600 IN RRSIG A 5 2 3600 20040509183619 20040409183619 38519 example. F1C9H"
    "VhIcs10cZU09G5yIVfKJy5yRQQ3qVet5pGhp82pzhAOMZ3K22JnmK4c+IjUeFp/to06im5FVpHtbFisdjyPq84bh"
    "Tv8vrXt5AB1wNB++iAqvIfdgW4sFNC6oADb1hK8QNauw9VePJhKv/iVXSYC0b7mPSU+EOlknFpVECs=\n"
    "ns2.example. 3600 IN A 192.0.2.2\n"
    "ns2.example. 3600 IN RRSIG A 5 2 3600 20040509183619 20040409183619 38519 example. V7cQR"
    "w1TR+knlaL1z/psxlS1PcD37JJDaCMqQo6/u1qFQu6x+wuDHRH22Ap9ulJPQjFwMKOuyfPGQPC8KzGdE3vt5snFE"
    "AoE1Vn3mQqtu7SO6amIjk13Kj/jyJ4nGmdRIc/3cM3ipXFhNTKqrdhx8SZ0yy4ObIRzIzvBFLiSS8o=\n"
    "x.w.example. 3600 IN MX 1 xx.example.\n"
    "x.w.example. 3600 IN RRSIG MX 5 3 3600 20040509183619 20040409183619 38519 example. Il2W"
    "TZ+Bkv+OytBx4LItNW5mjB4RCwhOO8y1XzPHZmZUTVYL7LaA63f6T9ysVBzJRI3KRjAPH3U1qaYnDoN1DrWqmi9R"
    "Je4FoObkbcdm7P3Ikx70ePCoFgRz1Yq+bVVXCvGuAU4xALv3W/Y1jNSlwZ2mSWKHfxFQxPtLj8s32+k=\n";

/// RFC 4035 appendix A: the others, among them the NSEC records that appendix B does not show.
inline constexpr std::string_view kRfc4035MoreData =
    "*.w.example. 3600 IN MX 1 ai.example.\n"
    "*.w.example. 3600 IN RRSIG MX 5 2 3600 20040509183619 20040409183619 38519 example. OMK8"
    "rAZlepfzLWW75Dxd63jy2wswESzxDKG2f9AMN1CytCd10cYISAxfAdvXSZ7xujKAtPbctvOQ2ofO7AZJ+d01EeeQ"
    "TVBPq4/6KCWhqe2XTjnkVLNvvhnc0u28aoSsG0+4InvkkOHknKxw4kX18MMR34i8lC36SR5xBni8vHI=\n"
    "x.y.w.example. 3600 IN MX 1 xx.example.\n"
    "x.y.w.example. 3600 IN RRSIG MX 5 4 3600 20040509183619 20040409183619 38519 example. k2"
    "bJHbwP5LH5qN4is39UiPzjAWYmJA38Hhiat7i9t7nbX/e0FPnvDSQXzcK7UL+zrVA+3MDjq1ub4q3SZgcbLMgexx"
    "IW3Va//LVrxkP6XupqGtOB9prkK54QTl/qZTXfMQpW480YOvVknhvb+gLcMZBnHJ326nb/TOOmrqNmQQE=\n"
    "xx.example. 3600 IN A 192.0.2.10\n"
    "xx.example. 3600 IN RRSIG A 5 2 3600 20040509183619 20040409183619 38519 example. kBF4Yx"
    "MGWF0D8r0cztL+2fWWOvN1U/GYSpYP7SoKoNQ4fZKyk+weWGlKLIUM+uE1zjVTPXoa0Z6WG0oZp46rkl1EzMcdMg"
    "oaeUzzAJ2BMq+YVdxG9IK1yZkYGY9AgbTOGPoAgbJyO9EPULsxkbIDV6GPPSZVusnZU6OMgdgzHV4=\n"
    "xx.example. 3600 IN HINFO \"KLH-10\" \"TOPS-20\"\n"
    "xx.example. 3600 IN RRSIG HINFO 5 2 3600 20040509183619 20040409183619 38519 example. GY"
    "2PLSXmMHkWHfLdggiox8+chWpeMNJLkML0t+U/SXSUsoUdR91KNdNUkTDWamwcF8oFRjhqBcPZ6EqrF+vl5v5oGu"
    "vSF7U52epfVTC+wWF83yCUeUw8YklhLWlvk8gQ15YKth0ITQy8/wI+RgNvuwbioFSEuv2pNlkq0goYxNY=\n"
    "xx.example. 3600 IN AAAA 2001:db8::f00:baaa\n"
    "xx.example. 3600 IN RRSIG AAAA 5 2 3600 20040509183619 20040409183619 38519 example. Zzj"
    "0yodDxcBLnnOIwDsuKo5WqiaK24DlKg9CaGaxDFiKgKobUj2jilYQHpGFn2poFRetZd4zulyQkssz2QHrVrPuTMS"
    "22knudCiwP4LWpVTrU4zfeA+rDz9stmSBP/4PekH/x2IoAYnwctd/xS9cL2QgW7FChw16mzlkH6/vsfs=\n"
    "a.example. 3600 IN NSEC ai.example. NS DS RRSIG NSEC\n"
    "a.example. 3600 IN RRSIG NSEC 5 2 3600 20040509183619 20040409183619 38519 example. cOlY"
    "gqJLqlRqmBQ3iap2SyIsK4O5aqpKSobaU9fQ5SMApZmHfq3AgLflkrkXRXvgxTQSKkG2039/cRUs6Jk/25+fi7Xr"
    "5nOVJsb0lq4zsB3IBBdjyGDAHE0F5ROJj87996vJupdm1fbH481gsdkOW6Zyqtz3Zos8N0BBkEx+2G4=\n"
    "ai.example. 3600 IN NSEC b.example. A HINFO AAAA RRSIG NSEC\n"
    "ai.example. 3600 IN RRSIG NSEC 5 2 3600 20040509183619 20040409183619 38519 example. Qos"
    "hyPevLcJ/xcRpEtMft1uoIrcrieVcc9pGCScIn5Glnib40T6ayVOimXwdSTZ/8ISXGj4pP8Sh0PlA6olZQ84L453"
    "/BUqB8BpdOGky4hsN3AGcLEv1Gr0QMvirQaFcjzOECfnGyBm+wpFLAhS+JOVfDI/79QtyTI0SaDWcg8U=\n"
    "ns2.example. 3600 IN NSEC *.w.example. A RRSIG NSEC\n"
    "ns2.example. 3600 IN RRSIG NSEC 5 2 3600 20040509183619 20040409183619 38519 example. N0"
    "QzHvaJf5NRw1rE9uxS1Ltb2LZ73Qb9bKGEVyaISkqzGpP3jYJXZJPVTq4UVEsgT3CgeHvb3QbeJ5Dfb2V9NGCHj/"
    "OvF/LBxFFWwhLwzngHl+bQAgAcMsLu/nL3nDi1y/JSQjAcdZNDl4bwYmx28EtgIpo9A0qmP08rMBqs1Jw=\n"
    "x.w.example. 3600 IN NSEC x.y.w.example. MX RRSIG NSEC\n"
    "x.w.example. 3600 IN RRSIG NSEC 5 3 3600 20040509183619 20040409183619 38519 example. aR"
    "bpHftxggzgMXdDlym9SsADqMZovZZl2QWKvw8J0tZEUNQByH5Qfnf5N1FqH/pS46UA7A4EmcWBN9PUA1pdPY6RVe"
    "aRlZlCr1IkVctvbtaINJuBba/VHm+pebTbKcAPIvL9tBOoh+to1h6eIjgiM8PXkBQtxPq37wDKALkyn7Q=\n"
    "xx.example. 3600 IN NSEC example. A HINFO AAAA RRSIG NSEC\n"
    "xx.example. 3600 IN RRSIG NSEC 5 2 3600 20040509183619 20040409183619 38519 example. ZFW"
    "Uln6Avc8bmGl5GFjD3BwT530DUZKHNuoY9A8lgXYyrxu+pqgFiRVbyZRQvVB5pccEOT3kmvHgEa/HzbDB4PIYY79"
    "W+VHrgOxzdQGGCZziasXrpSGOWwSOElghPnMIi8xdF7qtCntr382WGghLahumFIpg4MO3LS/prgzVVWo=\n";

/// RFC 4035 appendix B.1, answer section.
inline constexpr std::string_view kRfc4035AnswerMx =
    "x.w.example. 3600 IN MX 1 xx.example.\n"
    "x.w.example. 3600 IN RRSIG MX 5 3 3600 20040509183619 20040409183619 38519 example. Il2W"
    "TZ+Bkv+OytBx4LItNW5mjB4RCwhOO8y1XzPHZmZUTVYL7LaA63f6T9ysVBzJRI3KRjAPH3U1qaYnDoN1DrWqmi9R"
    "Je4FoObkbcdm7P3Ikx70ePCoFgRz1Yq+bVVXCvGuAU4xALv3W/Y1jNSlwZ2mSWKHfxFQxPtLj8s32+k=\n";

/// RFC 4035 appendix B.1, authority section.
inline constexpr std::string_view kRfc4035AnswerMxAuthority =
    "example. 3600 IN NS ns1.example.\n"
    "example. 3600 IN NS ns2.example.\n"
    "example. 3600 IN RRSIG NS 5 1 3600 20040509183619 20040409183619 38519 example. gl13F00f"
    "2U0R+SWiXXLHwsMY+qStYy5k6zfdEuivWc+wd1fmbNCyql0Tk7lHTX6UOxc8AgNf4ISFve8XqF4q+o9qlnqIzmpp"
    "U3LiNeKT4FZ8RO5urFOvoMRTbQxW3U0hXWuggE4g3ZpsHv480HjMeRaZB/FRPGfJPajngcq6Kwg=\n";

/// RFC 4035 appendix B.1, additional section.
inline constexpr std::string_view kRfc4035AnswerMxAdditional =
    "xx.example. 3600 IN A 192.0.2.10\n"
    "xx.example. 3600 IN RRSIG A 5 2 3600 20040509183619 20040409183619 38519 example. kBF4Yx"
    "MGWF0D8r0cztL+2fWWOvN1U/GYSpYP7SoKoNQ4fZKyk+weWGlKLIUM+uE1zjVTPXoa0Z6WG0oZp46rkl1EzMcdMg"
    "oaeUzzAJ2BMq+YVdxG9IK1yZkYGY9AgbTOGPoAgbJyO9EPULsxkbIDV6GPPSZVusnZU6OMgdgzHV4=\n"
    "xx.example. 3600 IN AAAA 2001:db8::f00:baaa\n"
    "xx.example. 3600 IN RRSIG AAAA 5 2 3600 20040509183619 20040409183619 38519 example. Zzj"
    "0yodDxcBLnnOIwDsuKo5WqiaK24DlKg9CaGaxDFiKgKobUj2jilYQHpGFn2poFRetZd4zulyQkssz2QHrVrPuTMS"
    "22knudCiwP4LWpVTrU4zfeA+rDz9stmSBP/4PekH/x2IoAYnwctd/xS9cL2QgW7FChw16mzlkH6/vsfs=\n"
    "ns1.example. 3600 IN A 192.0.2.1\n"
    "ns1.example. 3600 IN RRSIG A 5 2 3600 20040509183619 20040409183619 38519 example. F1C9H"
    "VhIcs10cZU09G5yIVfKJy5yRQQ3qVet5pGhp82pzhAOMZ3K22JnmK4c+IjUeFp/to06im5FVpHtbFisdjyPq84bh"
    "Tv8vrXt5AB1wNB++iAqvIfdgW4sFNC6oADb1hK8QNauw9VePJhKv/iVXSYC0b7mPSU+EOlknFpVECs=\n"
    "ns2.example. 3600 IN A 192.0.2.2\n"
    "ns2.example. 3600 IN RRSIG A 5 2 3600 20040509183619 20040409183619 38519 example. V7cQR"
    "w1TR+knlaL1z/psxlS1PcD37JJDaCMqQo6/u1qFQu6x+wuDHRH22Ap9ulJPQjFwMKOuyfPGQPC8KzGdE3vt5snFE"
    "AoE1Vn3mQqtu7SO6amIjk13Kj/jyJ4nGmdRIc/3cM3ipXFhNTKqrdhx8SZ0yy4ObIRzIzvBFLiSS8o=\n";

/// RFC 4035 appendix B.2.
inline constexpr std::string_view kRfc4035NameError =
    "b.example. 3600 IN NSEC ns1.example. NS RRSIG NSEC\n"
    "b.example. 3600 IN RRSIG NSEC 5 2 3600 20040509183619 20040409183619 38519 example. GNux"
    "Hn844wfmUhPzGWKJCPY5ttEX/RfjDoOx9ueK1PtYkOWKOOdiJ/PJKCYB3hYX+858dDWSxb2qnV/LSTCNVBnkm6ow"
    "OpysY97MVj5VQEWs0lm9tFoqjcptQkmQKYPrwUnCSNwvvclSF1xZvhRXgWT7OuFXldoCG6TfVFMs9xE=\n"
    "example. 3600 IN NSEC a.example. NS SOA MX RRSIG NSEC DNSKEY\n"
    "example. 3600 IN RRSIG NSEC 5 1 3600 20040509183619 20040409183619 38519 example. O0k558"
    "jHhyrC97ISHnislm4kLMW48C7U7cBmFTfhke5iVqNRVTB1STLMpgpbDIC9hcryoO0VZ9ME5xPzUEhbvGnHd5sfzg"
    "FVeGxr5Nyyq4tWSDBgIBiLQUv1ivy29vhXy7WgR62dPrZ0PWvmjfFJ5arXf4nPxp/kEowGgBRzY/U=\n";

/// RFC 4035 appendix B.3.
inline constexpr std::string_view kRfc4035NoData =
    "ns1.example. 3600 IN NSEC ns2.example. A RRSIG NSEC\n"
    "ns1.example. 3600 IN RRSIG NSEC 5 2 3600 20040509183619 20040409183619 38519 example. I4"
    "hj+Kt6+8rCcHcUdolks2S+Wzri9h3fHas81rGN/eILdJHN7JpV6lLGPIh/8fIBkfvdyWnBjjf1q3O7JgYO1UdI7F"
    "vBNWqaaEPJK3UkddBqZIaLi8Qr2XHkjq38BeQsbp8X0+6h4ETWSGT8IZaIGBLryQWGLw6Y6X8dqhlnxJM=\n";

/// RFC 4035 appendix B.4, authority section.
inline constexpr std::string_view kRfc4035SignedReferral =
    "a.example. 3600 IN NS ns1.a.example.\n"
    "a.example. 3600 IN NS ns2.a.example.\n"
    "a.example. 3600 IN DS 57855 5 1 B6DCD485719ADCA18E5F3D48A2331627FDD3636B\n"
    "a.example. 3600 IN RRSIG DS 5 2 3600 20040509183619 20040409183619 38519 example. oXIKit"
    "/QtdG64J/CB+Gi8dOvnwRvqrto1AdQoRkAN15FP3iZ7suB7gvTBmXzCjL7XUgQVcoHkdhyCuzp8W9qJHgRUSwKKk"
    "czSyuL64nhgjuDEML8l9wlWVsl7PR2VnZduM9bLyBhaaPmRKX/Fm+v6ccF2EGNLRiY08kdkz+XHHo=\n";

/// RFC 4035 appendix B.4, additional section.
inline constexpr std::string_view kRfc4035SignedReferralGlue =
    "ns1.a.example. 3600 IN A 192.0.2.5\n"
    "ns2.a.example. 3600 IN A 192.0.2.6\n";

/// RFC 4035 appendix B.5.
inline constexpr std::string_view kRfc4035Referral =
    "b.example. 3600 IN NS ns1.b.example.\n"
    "b.example. 3600 IN NS ns2.b.example.\n"
    "b.example. 3600 IN NSEC ns1.example. NS RRSIG NSEC\n"
    "b.example. 3600 IN RRSIG NSEC 5 2 3600 20040509183619 20040409183619 38519 example. GNux"
    "Hn844wfmUhPzGWKJCPY5ttEX/RfjDoOx9ueK1PtYkOWKOOdiJ/PJKCYB3hYX+858dDWSxb2qnV/LSTCNVBnkm6ow"
    "OpysY97MVj5VQEWs0lm9tFoqjcptQkmQKYPrwUnCSNwvvclSF1xZvhRXgWT7OuFXldoCG6TfVFMs9xE=\n";

/// RFC 4035 appendix B.6.
inline constexpr std::string_view kRfc4035Wildcard =
    "a.z.w.example. 3600 IN MX 1 ai.example.\n"
    "a.z.w.example. 3600 IN RRSIG MX 5 2 3600 20040509183619 20040409183619 38519 example. OM"
    "K8rAZlepfzLWW75Dxd63jy2wswESzxDKG2f9AMN1CytCd10cYISAxfAdvXSZ7xujKAtPbctvOQ2ofO7AZJ+d01Ee"
    "eQTVBPq4/6KCWhqe2XTjnkVLNvvhnc0u28aoSsG0+4InvkkOHknKxw4kX18MMR34i8lC36SR5xBni8vHI=\n"
    "x.y.w.example. 3600 IN NSEC xx.example. MX RRSIG NSEC\n"
    "x.y.w.example. 3600 IN RRSIG NSEC 5 4 3600 20040509183619 20040409183619 38519 example. "
    "OvE6WUzN2ziieJcvKPWbCAyXyP6ef8cr6CspArVSTzKSquNwbezZmkU7E34o5lmb6CWSSSpgxw098kNUFnHcQf/L"
    "zY2zqRomubrNQhJTiDTXa0ArunJQCzPjOYq5t0SLjm6qp6McJI1AP5VrQoKqJDCLnoAlcPOPKAm/jJkn3jk=\n";

/// RFC 4035 appendix B.7.
inline constexpr std::string_view kRfc4035WildcardNoData =
    "x.y.w.example. 3600 IN NSEC xx.example. MX RRSIG NSEC\n"
    "x.y.w.example. 3600 IN RRSIG NSEC 5 4 3600 20040509183619 20040409183619 38519 example. "
    "OvE6WUzN2ziieJcvKPWbCAyXyP6ef8cr6CspArVSTzKSquNwbezZmkU7E34o5lmb6CWSSSpgxw098kNUFnHcQf/L"
    "zY2zqRomubrNQhJTiDTXa0ArunJQCzPjOYq5t0SLjm6qp6McJI1AP5VrQoKqJDCLnoAlcPOPKAm/jJkn3jk=\n"
    "*.w.example. 3600 IN NSEC x.w.example. MX RRSIG NSEC\n"
    "*.w.example. 3600 IN RRSIG NSEC 5 2 3600 20040509183619 20040409183619 38519 example. r/"
    "mZnRC3I/VIcrelgIcteSxDhtsdlTDt8ng9HSBlABOlzLxQtfgTnn8f+aOwJIAFe1Ee5RvU5cVhQJNP5XpXMJHfyp"
    "s8tVvfxSAXfahpYqtx91gsmcV/1V9/bZAG55CefP9cM4Z9Y9NT9XQ8s1InQ2UoIv6tJEaaKkP701j8OLA=\n";

/// RFC 4035 appendix B.8.
inline constexpr std::string_view kRfc4035ChildDs =
    "example. 3600 IN NSEC a.example. NS SOA MX RRSIG NSEC DNSKEY\n"
    "example. 3600 IN RRSIG NSEC 5 1 3600 20040509183619 20040409183619 38519 example. O0k558"
    "jHhyrC97ISHnislm4kLMW48C7U7cBmFTfhke5iVqNRVTB1STLMpgpbDIC9hcryoO0VZ9ME5xPzUEhbvGnHd5sfzg"
    "FVeGxr5Nyyq4tWSDBgIBiLQUv1ivy29vhXy7WgR62dPrZ0PWvmjfFJ5arXf4nPxp/kEowGgBRzY/U=\n";

/// RFC 5155 appendix A: the keys of the zone example.
inline constexpr std::string_view kRfc5155Keys =
    "example. 3600 IN DNSKEY 256 3 7 AwEAAaetidLzsKWUt4swWR8yu0wPHPiUi8LUsAD0QPWU+wzt89epO6tH"
    "zkMBVDkC7qphQO2hTY4hHn9npWFRw5BYubE=\n"
    "example. 3600 IN DNSKEY 257 3 7 AwEAAcUlFV1vhmqx6NSOUOq2R/dsR7Xm3upJj7IommWSpJABVfW8Q0rO"
    "vXdM6kzt+TAu92L9AbsUdblMFin8CVF3n4s=\n"
    "example. 3600 IN RRSIG DNSKEY 7 1 3600 20150420235959 20051021000000 12708 example. AuU4"
    "juU9RaxescSmStrQks3Gh9FblGBlVU31uzMZ/U/FpsUb8aC6QZS+sTsJXnLnz7flGOsmMGQZf3bH+QsCtg==\n";

/// RFC 5155 appendix A: some of its RRsets.
inline constexpr std::string_view kRfc5155Data =
    "example. 3600 IN SOA ns1.example. bugs.x.w.example. 1 3600 300 3600000 3600\n"
    "example. 3600 IN RRSIG SOA 7 1 3600 20150420235959 20051021000000 40430 example. Hu25UIy"
    "NPmvPIVBrldN+9Mlp9Zql39qaUd8iq4ZLlYWfUUbbAS41pG+68z81q1xhkYAcEyHdVI2LmKusbZsT0Q==\n"
    "example. 3600 IN NS ns1.example.\n"
    "example. 3600 IN NS ns2.example.\n"
    "example. 3600 IN RRSIG NS 7 1 3600 20150420235959 20051021000000 40430 example. PVOgtMK1"
    "HHeSTau+HwDWC8Ts+6C8qtqd4pQJqOtdEVgg+MA+ai4fWDEhu3qHJyLcQ9tbD2vvCnMXjtz6SyObxA==\n"
    "example. 3600 IN NSEC3PARAM 1 0 12 aabbccdd\n"
    "example. 3600 IN RRSIG NSEC3PARAM 7 1 3600 20150420235959 20051021000000 40430 example. "
    "C1Gl8tPZNtnjlrYWDeeUV/sGLCyy/IHie2rerN05XSA3Pq0U3+4VvGWYWdUMfflOdxqnXHwJTLQsjlkynhG6Cg=="
    "\n"
    "ai.example. 3600 IN A 192.0.2.9\n"
    "ai.example. 3600 IN RRSIG A 7 2 3600 20150420235959 20051021000000 40430 example. hVe+wK"
    "YMlObTRPhX0NL67GxeZfdxqr/QeR6FtfdAj5+FgYxyzPEjIzvKWy00hWIl6wD3Vws+rznEn8sQ64UdqA==\n"
    "ai.example. 3600 IN AAAA 2001:db8::f00:baa9\n"
    "ai.example. 3600 IN RRSIG AAAA 7 2 3600 20150420235959 20051021000000 40430 example. Lcd"
    "xKaCB5bGZwPDg+3JJ4O02zoMBrjxqlf6WuaHQZZfTUpb9Nf2nxFGe2XRPfR5tpJT6GdRGcHueLuXkMjBArQ==\n"
    "ns1.example. 3600 IN A 192.0.2.1\n"
    "ns1.example. 3600 IN RRSIG A 7 2 3600 20150420235959 20051021000000 40430 example. bu6kx"
    "73n6XEunoVGuRfAgY7EF/AJqHy7hj0jkiqJjB0dOrx3wuz9SaBeGfqWIdn/uta3SavN4FRvZR9SCFHF5Q==\n"
    "ns2.example. 3600 IN A 192.0.2.2\n"
    "ns2.example. 3600 IN RRSIG A 7 2 3600 20150420235959 20051021000000 40430 example. ktQ3T"
    "qE0CfRfki0Rb/Ip5BM0VnxelbuejCC4zpLbFKA/7eD7UNAwxMgxJPtbdST+syjYSJaj4IHfeX6n8vfoGA==\n"
    "2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. 3600 IN A 192.0.2.127\n"
    "2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. 3600 IN RRSIG A 7 2 3600 20150420235959 200510"
    "21000000 40430 example. h6c++bzhRuWWt2bykN6mjaTNBcXNq5UuL5EdK+iDP4eY8I0kSiKaCjg3tC1SQkel"
    "oMeub2GWk8p6xHMPZumXlw==\n";

/// RFC 5155 appendix A: the others, among them the NSEC3 records that appendix B does not show.
inline constexpr std::string_view kRfc5155MoreData =
    "example. 3600 IN MX 1 xx.example.\n"
    "example. 3600 IN RRSIG MX 7 1 3600 20150420235959 20051021000000 40430 example. GgQ1A9xs"
    "47k42VPvpL/a1BWUz/6XsnHkjotw9So8MQtZtl2wJBsnOQsaoHrRCrRbyriEl/GZn9Mto/Kx+wBo+w==\n"
    "a.example. 3600 IN DS 58470 5 1 3079F1593EBAD6DC121E202A8B766A6A4837206C\n"
    "a.example. 3600 IN RRSIG DS 7 2 3600 20150420235959 20051021000000 40430 example. XacFcQ"
    "VHLVzdoc45EJhN616zQ4mEXtE8FzUhM2KWjfy1VfRKD9r1MeVGwwoukOKgJxBPFsWoo722vZ4UZ2dIdA==\n"
    "ai.example. 3600 IN HINFO \"KLH-10\" \"ITS\"\n"
    "ai.example. 3600 IN RRSIG HINFO 7 2 3600 20150420235959 20051021000000 40430 example. Yi"
    "42uOq43eyO6qXHNvwwfFnIustWgV5urFcxenkLvs6pKRh00VBjODmf3Z4nMO7IOl6nHSQ1v0wLHpEZG7Xj2w==\n"
    "*.w.example. 3600 IN MX 1 ai.example.\n"
    "*.w.example. 3600 IN RRSIG MX 7 2 3600 20150420235959 20051021000000 40430 example. Cike"
    "bjQwGQPwijVcxgcZcSJKtfynugtlBiKb9FcBTrmOoyQ4InoWVudhCWsh/URX3lc4WRUMivEBP6+4KS3ldA==\n"
    "x.w.example. 3600 IN MX 1 xx.example.\n"
    "x.w.example. 3600 IN RRSIG MX 7 3 3600 20150420235959 20051021000000 40430 example. IrK3"
    "tq/tHFIBF0scHiE/1IwMAvckS/55hAVvQyxTFbkAdDloP3NbZzu+yoSsr3b3OX6qbBpY7WCtwwekLKRAwQ==\n"
    "x.y.w.example. 3600 IN MX 1 xx.example.\n"
    "x.y.w.example. 3600 IN RRSIG MX 7 4 3600 20150420235959 20051021000000 40430 example. Mq"
    "St5HqJIN8+SLlzTOImrh5h9Xa6gDvAW/GnnbdPc6Z7nXvCpLPJj/5lCwx3VuzVOjkbvXze8/8Ccl2Zn2hbug==\n"
    "xx.example. 3600 IN A 192.0.2.10\n"
    "xx.example. 3600 IN RRSIG A 7 2 3600 20150420235959 20051021000000 40430 example. T35hBW"
    "EZ017VC5u2c4OriKyVn/pu+fVK4AlXYOxJ6iQylfV2HQIKjv6b7DzINB3aF/wjJqgXpQvhq+Ac6+ZiFg==\n"
    "xx.example. 3600 IN HINFO \"KLH-10\" \"TOPS-20\"\n"
    "xx.example. 3600 IN RRSIG HINFO 7 2 3600 20150420235959 20051021000000 40430 example. Ki"
    "mG+rDd+7VA1zRsu0ITNAQUTRlpnsmqWrihFRnU+bRa93v2e5oFNFYCs3Rqgv62K93N7AhW6Jfqj/8NzWjvKg==\n"
    "xx.example. 3600 IN AAAA 2001:db8::f00:baaa\n"
    "xx.example. 3600 IN RRSIG AAAA 7 2 3600 20150420235959 20051021000000 40430 example. IXB"
    "cXORITNwd8h3gNwyxtYFvAupS/CYWufVeuBUX0O25ivBCULjZjpDxFSxfohb/KA7YRdxENzYfMItpILl/Xw==\n"
    "2vptu5timamqttgl4luu9kg21e0aor3s.example. 3600 IN NSEC3 1 1 12 aabbccdd 35mthgpgcu1qg68f"
    "ab165klnsnk3dpvl MX RRSIG\n"
    "2vptu5timamqttgl4luu9kg21e0aor3s.example. 3600 IN RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. KL1V2oFYghNV0Hm7Tf2vpJjM6l+0g1JCcVYGVfI0lKrhPmTsOA96cLEACgo1"
    "x8I7kApJX+obTuktZ+sdsZPY1w==\n"
    "gjeqe526plbf1g8mklp59enfd789njgi.example. 3600 IN NSEC3 1 1 12 aabbccdd ji6neoaepv8b5o6k"
    "4ev33abha8ht9fgc A HINFO AAAA RRSIG\n"
    "gjeqe526plbf1g8mklp59enfd789njgi.example. 3600 IN RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. IVnezTJ9iqblFF97vPSmfXZ5Zozngx3KX3byLTZC4QBH2dFWhf6scrGFZB98"
    "0AfCxoD9qbbKDy+rdGIeRSVNyw==\n"
    "kohar7mbb8dc2ce8a9qvl8hon4k53uhi.example. 3600 IN NSEC3 1 1 12 aabbccdd q04jkcevqvmu85r0"
    "14c7dkba38o0ji5r A RRSIG\n"
    "kohar7mbb8dc2ce8a9qvl8hon4k53uhi.example. 3600 IN RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. VrDXs2uVW21N08SyQIz88zml+y4ZCInTwgDr6zz43yAg+LFERjOrj3Ojct51"
    "ac7Dp4eZbf9FQJazmASFKGxGXg==\n"
    "t644ebqk9bibcna874givr6joj62mlhv.example. 3600 IN NSEC3 1 1 12 aabbccdd 0p9mhaveqvm6t7vb"
    "l5lop2u3t2rp3tom A HINFO AAAA RRSIG\n"
    "t644ebqk9bibcna874givr6joj62mlhv.example. 3600 IN RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. RAjGECB8P7O+F4Pa4Dx3tC0M+Z3KmlLKImcafb9XWwx+NWUNz7NBEDBQHivI"
    "yKPVDkChcePIX1xPl1ATNa+8Dw==\n";

/// RFC 5155 appendix B.1.
inline constexpr std::string_view kRfc5155NameError =
    "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. 3600 IN NSEC3 1 1 12 aabbccdd 2t7b4g4vsa5smi47"
    "k61mv5bv1a22bojr NS SOA MX RRSIG DNSKEY NSEC3PARAM\n"
    "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. 3600 IN RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. OSgWSm26B+cS+dDL8b5QrWr/dEWhtCsKlwKLIBHYH6blRxK9rC0bMJPwQ4mL"
    "Iuw85H2EY762BOCXJZMnpuwhpA==\n"
    "b4um86eghhds6nea196smvmlo4ors995.example. 3600 IN NSEC3 1 1 12 aabbccdd gjeqe526plbf1g8m"
    "klp59enfd789njgi MX RRSIG\n"
    "b4um86eghhds6nea196smvmlo4ors995.example. 3600 IN RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. ZkPG3M32lmoHM6pa3D6gZFGB/rhL//Bs3Omh5u4m/CUiwtblEVOaAKKZd7S9"
    "59OeiX43aLX3pOv0TSTyiTxIZg==\n"
    "35mthgpgcu1qg68fab165klnsnk3dpvl.example. 3600 IN NSEC3 1 1 12 aabbccdd b4um86eghhds6nea"
    "196smvmlo4ors995 NS DS RRSIG\n"
    "35mthgpgcu1qg68fab165klnsnk3dpvl.example. 3600 IN RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. g6jPUUpduAJKRljUsN8gB4UagAX0NxY9shwQAynzo8EUWH+z6hEIBlUTPGj1"
    "5eZll6VhQqgZXtAIR3chwgW+SA==\n";

/// RFC 5155 appendix B.2.
inline constexpr std::string_view kRfc5155NoData =
    "2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. 3600 IN NSEC3 1 1 12 aabbccdd 2vptu5timamqttgl"
    "4luu9kg21e0aor3s A RRSIG\n"
    "2t7b4g4vsa5smi47k61mv5bv1a22bojr.example. 3600 IN RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. OmBvJ1Vgg1hCKMXHFiNeIYHK9XVW0iLDLwJN4TFoNxZuP03gAXEI634YwOc4"
    "YBNITrj413iqNI6mRk/r1dOSUw==\n";

/// RFC 5155 appendix B.2.1.
inline constexpr std::string_view kRfc5155EmptyNonTerminal =
    "ji6neoaepv8b5o6k4ev33abha8ht9fgc.example. 3600 IN NSEC3 1 1 12 aabbccdd k8udemvp1j2f7eg6"
    "jebps17vp3n8i58h\n"
    "ji6neoaepv8b5o6k4ev33abha8ht9fgc.example. 3600 IN RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. gPkFp1s2QDQ6wQzcg1uSebZ61W33rUBDcTj72F3kQ490fEdp7k1BUIfbcZtP"
    "bX3YCpE+sIt0MpzVSKfTwx4uYA==\n";

/// RFC 5155 appendix B.3.
inline constexpr std::string_view kRfc5155Referral =
    "c.example. 3600 IN NS ns1.c.example.\n"
    "c.example. 3600 IN NS ns2.c.example.\n"
    "35mthgpgcu1qg68fab165klnsnk3dpvl.example. 3600 IN NSEC3 1 1 12 aabbccdd b4um86eghhds6nea"
    "196smvmlo4ors995 NS DS RRSIG\n"
    "35mthgpgcu1qg68fab165klnsnk3dpvl.example. 3600 IN RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. g6jPUUpduAJKRljUsN8gB4UagAX0NxY9shwQAynzo8EUWH+z6hEIBlUTPGj1"
    "5eZll6VhQqgZXtAIR3chwgW+SA==\n"
    "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. 3600 IN NSEC3 1 1 12 aabbccdd 2t7b4g4vsa5smi47"
    "k61mv5bv1a22bojr NS SOA MX RRSIG DNSKEY NSEC3PARAM\n"
    "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. 3600 IN RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. OSgWSm26B+cS+dDL8b5QrWr/dEWhtCsKlwKLIBHYH6blRxK9rC0bMJPwQ4mL"
    "Iuw85H2EY762BOCXJZMnpuwhpA==\n";

/// RFC 5155 appendix B.4.
inline constexpr std::string_view kRfc5155Wildcard =
    "a.z.w.example. 3600 IN MX 1 ai.example.\n"
    "a.z.w.example. 3600 IN RRSIG MX 7 2 3600 20150420235959 20051021000000 40430 example. Ci"
    "kebjQwGQPwijVcxgcZcSJKtfynugtlBiKb9FcBTrmOoyQ4InoWVudhCWsh/URX3lc4WRUMivEBP6+4KS3ldA==\n"
    "q04jkcevqvmu85r014c7dkba38o0ji5r.example. 3600 IN NSEC3 1 1 12 aabbccdd r53bq7cc2uvmubfu"
    "5ocmm6pers9tk9en A RRSIG\n"
    "q04jkcevqvmu85r014c7dkba38o0ji5r.example. 3600 IN RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. hV5I89b+4FHJDATp09g4bbN0R1F845CaXpL3ZxlMKimoPAyqletMlEWwLfFi"
    "a7sdpSzn+ZlNNlkxWcLsIlMmUg==\n";

/// RFC 5155 appendix B.5.
inline constexpr std::string_view kRfc5155WildcardNoData =
    "k8udemvp1j2f7eg6jebps17vp3n8i58h.example. 3600 IN NSEC3 1 1 12 aabbccdd kohar7mbb8dc2ce8"
    "a9qvl8hon4k53uhi\n"
    "k8udemvp1j2f7eg6jebps17vp3n8i58h.example. 3600 IN RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. FtXGbvF0+wf8iWkyo73enAuVx03klN+pILBKS6qCcftVtfH4yVzsEZquJ27N"
    "HR7ruxJWDNMtOtx7w9WfcIg62A==\n"
    "q04jkcevqvmu85r014c7dkba38o0ji5r.example. 3600 IN NSEC3 1 1 12 aabbccdd r53bq7cc2uvmubfu"
    "5ocmm6pers9tk9en A RRSIG\n"
    "q04jkcevqvmu85r014c7dkba38o0ji5r.example. 3600 IN RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. hV5I89b+4FHJDATp09g4bbN0R1F845CaXpL3ZxlMKimoPAyqletMlEWwLfFi"
    "a7sdpSzn+ZlNNlkxWcLsIlMmUg==\n"
    "r53bq7cc2uvmubfu5ocmm6pers9tk9en.example. 3600 IN NSEC3 1 1 12 aabbccdd t644ebqk9bibcna8"
    "74givr6joj62mlhv MX RRSIG\n"
    "r53bq7cc2uvmubfu5ocmm6pers9tk9en.example. 3600 IN RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. aupviViruXs4bDg9rCbezzBMf9h1ZlDvbW/CZFKulIGXXLj8B/fsDJarXVDA"
    "9bnUoRhEbKp+HF1FWKW7RIJdtQ==\n";

/// RFC 5155 appendix B.6.
inline constexpr std::string_view kRfc5155ChildDs =
    "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. 3600 IN NSEC3 1 1 12 aabbccdd 2t7b4g4vsa5smi47"
    "k61mv5bv1a22bojr NS SOA MX RRSIG DNSKEY NSEC3PARAM\n"
    "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. 3600 IN RRSIG NSEC3 7 2 3600 20150420235959 20"
    "051021000000 40430 example. OSgWSm26B+cS+dDL8b5QrWr/dEWhtCsKlwKLIBHYH6blRxK9rC0bMJPwQ4mL"
    "Iuw85H2EY762BOCXJZMnpuwhpA==\n";

/// RFC 5702 section 6.1.
inline constexpr std::string_view kRfc5702Sha256 =
    "example.net. 3600 IN DNSKEY 256 3 8 AwEAAcFcGsaxxdgiuuGmCkVImy4h99CqT7jwY3pexPGcnUFtR2Fh"
    "36BponcwtkZ4cAgtvd4Qs8PkxUdp6p/DlUmObdk=\n"
    "www.example.net. 3600 IN A 192.0.2.91\n"
    "www.example.net. 3600 IN RRSIG A 8 3 3600 20300101000000 20000101000000 9033 example.net"
    ". kRCOH6u7l0QGy9qpC9l1sLncJcOKFLJ7GhiUOibu4teYp5VE9RncriShZNz85mwlMgNEacFYK/lPtPiVYP4bwg"
    "==\n";

/// RFC 5702 section 6.2.
inline constexpr std::string_view kRfc5702Sha512 =
    "example.net. 3600 IN DNSKEY 256 3 10 AwEAAdHoNTOW+et86KuJOWRDp1pndvwb6Y83nSVXXyLA3DLroRO"
    "UkN6X0O6pnWnjJQujX/AyhqFDxj13tOnD9u/1kTg7cV6rklMrZDtJCQ5PCl/D7QNPsgVsMu1J2Q8gpMpztNFLpPB"
    "z1bWXjDtaR7ZQBlZ3PFY12ZTSncorffcGmhOL\n"
    "www.example.net. 3600 IN A 192.0.2.91\n"
    "www.example.net. 3600 IN RRSIG A 10 3 3600 20300101000000 20000101000000 3740 example.ne"
    "t. tsb4wnjRUDnB1BUi+t6TMTXThjVnG+eCkWqjvvjhzQL1d0YRoOe0CbxrVDYd0xDtsuJRaeUw1ep94PzEWzr0i"
    "GYgZBWm/zpq+9fOuagYJRfDqfReKBzMweOLDiNa8iP5g9vMhpuv6OPlvpXwm9Sa9ZXIbNl1MBGk0fthPgxdDLw="
    "\n";

/// RFC 6605 section 6.1.
inline constexpr std::string_view kRfc6605P256 =
    "example.net. 3600 IN DNSKEY 257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF"
    "64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==\n"
    "example.net. 3600 IN DS 55648 13 2 b4c8c1fe2e7477127b27115656ad6256f424625bf5c1e2770ce6d"
    "6e37df61d17\n"
    "www.example.net. 3600 IN A 192.0.2.1\n"
    "www.example.net. 3600 IN RRSIG A 13 3 3600 20100909100439 20100812100439 55648 example.n"
    "et. qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXAyGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666V"
    "Cw==\n";

/// RFC 6605 section 6.2.
inline constexpr std::string_view kRfc6605P384 =
    "example.net. 3600 IN DNSKEY 257 3 14 xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXv"
    "SADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40\n"
    "example.net. 3600 IN DS 10771 14 4 72d7b62976ce06438e9c0bf319013cf801f09ecc84b8d7e9495f2"
    "7e305c6a9b0563a9b5f4d288405c3008a946df983d6\n"
    "www.example.net. 3600 IN A 192.0.2.1\n"
    "www.example.net. 3600 IN RRSIG A 14 3 3600 20100909102025 20100812102025 10771 example.n"
    "et. /L5hDKIvGDyI1fcARX3z65qrmPsVz73QD1Mr5CEqOiLP95hxQouuroGCeZOvzFaxsT8Glr74hbavRKayJNuy"
    "dCuzWTSSPdz7wnqXL5bdcJzusdnI0RSMROxxwGipWcJm\n";

/// RFC 8080 section 6.1, with its errata.
inline constexpr std::string_view kRfc8080Ed25519First =
    "example.com. 3600 IN DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=\n"
    "example.com. 3600 IN DS 3613 15 2 3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c"
    "78e79a304b\n"
    "example.com. 3600 IN MX 10 mail.example.com.\n"
    "example.com. 3600 IN RRSIG MX 15 2 3600 20150819220000 20150729220000 3613 example.com. "
    "oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg=="
    "\n";

/// The second of RFC 8080 section 6.1.
inline constexpr std::string_view kRfc8080Ed25519Second =
    "example.com. 3600 IN DNSKEY 257 3 15 zPnZ/QwEe7S8C5SPz2OfS5RR40ATk2/rYnE9xHIEijs=\n"
    "example.com. 3600 IN DS 35217 15 2 401781b934e392de492ec77ae2e15d70f6575a1c0bc59c5275c04"
    "ebe80c6614c\n"
    "example.com. 3600 IN MX 10 mail.example.com.\n"
    "example.com. 3600 IN RRSIG MX 15 2 3600 20150819220000 20150729220000 35217 example.com."
    " zXQ0bkYgQTEFyfLyi9QoiY6D8ZdYo4wyUhVioYZXFdT410QPRITQSqJSnzQoSm5poJ7gD7AQR0O7KuI5k2pcBg="
    "=\n";

/// RFC 8080 section 6.2, with its errata.
inline constexpr std::string_view kRfc8080Ed448First =
    "example.com. 3600 IN DNSKEY 257 3 16 3kgROaDjrh0H2iuixWBrc8g2EpBBLCdGzHmn+G2MpTPhpj/OiBV"
    "HHSfPodx1FYYUcJKm1MDpJtIA\n"
    "example.com. 3600 IN DS 9713 16 2 6ccf18d5bc5d7fc2fceb1d59d17321402f2aa8d368048db93dd811"
    "f5cb2b19c7\n"
    "example.com. 3600 IN MX 10 mail.example.com.\n"
    "example.com. 3600 IN RRSIG MX 16 2 3600 20150819220000 20150729220000 9713 example.com. "
    "3cPAHkmlnxcDHMyg7vFC34l0blBhuG1qpwLmjInI8w1CMB29FkEAIJUA0amxWndkmnBZ6SKiwZSAxGILn/NBtOXf"
    "t0+Gj7FSvOKxE/07+4RQvE581N3Aj/JtIyaiYVdnYtyMWbSNyGEY2213WKsJlwEA\n";

/// The second of RFC 8080 section 6.2.
inline constexpr std::string_view kRfc8080Ed448Second =
    "example.com. 3600 IN DNSKEY 257 3 16 kkreGWoccSDmUBGAe7+zsbG6ZAFQp+syPmYUurBRQc3tDjeMCJc"
    "VMRDmgcNLp5HlHAMy12VoISsA\n"
    "example.com. 3600 IN DS 38353 16 2 645ff078b3568f5852b70cb60e8e696cc77b75bfaaffc118cf79c"
    "bda1ba28af4\n"
    "example.com. 3600 IN MX 10 mail.example.com.\n"
    "example.com. 3600 IN RRSIG MX 16 2 3600 20150819220000 20150729220000 38353 example.com."
    " E1/oLjSGIbmLny/4fcgM1z4oL6aqo+izT3urCyHyvEp4Sp8Syg1eI+lJ57CSnZqjJP41O/9l4m0AsQ4f7qI1gVn"
    "ML8vWWiyW2KXhT9kuAICUSxv5OWbf81Rq7Yu60npabODB0QFPb/rkW3kUZmQ0YQUA\n";

}  // namespace tests
