/// Made by scripts/built-in-zones.py from release 2026f of the time zone database.
///
/// Source: iana.org/time-zones, which is in the public domain.
extension BuiltInZones {
    /// A rule in one line or more, then a `>` and the zones that have it.
    static let table = """
        <+00>0 3600 1771120800:0 1774144800:3600 1789866000:0 > Africa/Casablanca Africa/El_Aaiun
        ;
        <+00>0<+02>-2,M3.5.0/1,M10.5.0/3 > Antarctica/Troll
        ;
        <+01>-1 > Etc/GMT-1
        ;
        <+02>-2 > Etc/GMT-2
        ;
        <+0330>-3:30 > Asia/Tehran Iran
        ;
        <+03>-3 > Antarctica/Syowa Asia/Aden Asia/Amman Asia/Baghdad Asia/Bahrain Asia/Damascus Asia/Istanbul
        Asia/Kuwait Asia/Qatar Asia/Riyadh Etc/GMT-3 Europe/Istanbul Europe/Minsk Turkey
        ;
        <+0430>-4:30 > Asia/Kabul
        ;
        <+04>-4 > Asia/Baku Asia/Dubai Asia/Muscat Asia/Tbilisi Asia/Yerevan Etc/GMT-4 Europe/Astrakhan Europe/Samara
        Europe/Saratov Europe/Ulyanovsk Indian/Mahe Indian/Mauritius Indian/Reunion
        ;
        <+0530>-5:30 > Asia/Colombo
        ;
        <+0545>-5:45 > Asia/Kathmandu Asia/Katmandu
        ;
        <+05>-5 > Antarctica/Mawson Antarctica/Vostok Asia/Almaty Asia/Aqtau Asia/Aqtobe Asia/Ashgabat Asia/Ashkhabad
        Asia/Atyrau Asia/Dushanbe Asia/Oral Asia/Qostanay Asia/Qyzylorda Asia/Samarkand Asia/Tashkent
        Asia/Yekaterinburg Etc/GMT-5 Indian/Kerguelen Indian/Maldives
        ;
        <+0630>-6:30 > Asia/Rangoon Asia/Yangon Indian/Cocos
        ;
        <+06>-6 > Asia/Bishkek Asia/Dacca Asia/Dhaka Asia/Kashgar Asia/Omsk Asia/Thimbu Asia/Thimphu Asia/Urumqi
        Etc/GMT-6 Indian/Chagos
        ;
        <+07>-7 > Antarctica/Davis Asia/Bangkok Asia/Barnaul Asia/Ho_Chi_Minh Asia/Hovd Asia/Krasnoyarsk
        Asia/Novokuznetsk Asia/Novosibirsk Asia/Phnom_Penh Asia/Saigon Asia/Tomsk Asia/Vientiane Etc/GMT-7
        Indian/Christmas
        ;
        <+0845>-8:45 > Australia/Eucla
        ;
        <+08>-8 > Antarctica/Casey Asia/Brunei Asia/Choibalsan Asia/Irkutsk Asia/Kuala_Lumpur Asia/Kuching
        Asia/Singapore Asia/Ulaanbaatar Asia/Ulan_Bator Etc/GMT-8 Singapore
        ;
        <+09>-9 > Asia/Chita Asia/Dili Asia/Khandyga Asia/Yakutsk Etc/GMT-9 Pacific/Palau
        ;
        <+1030>-10:30<+11>-11,M10.1.0,M4.1.0 > Australia/LHI Australia/Lord_Howe
        ;
        <+10>-10 > Antarctica/DumontDUrville Asia/Ust-Nera Asia/Vladivostok Etc/GMT-10 Pacific/Chuuk
        Pacific/Port_Moresby Pacific/Truk Pacific/Yap
        ;
        <+11>-11 > Asia/Magadan Asia/Sakhalin Asia/Srednekolymsk Etc/GMT-11 Pacific/Bougainville Pacific/Efate
        Pacific/Guadalcanal Pacific/Kosrae Pacific/Noumea Pacific/Pohnpei Pacific/Ponape
        ;
        <+11>-11<+12>,M10.1.0,M4.1.0/3 > Pacific/Norfolk
        ;
        <+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45 > NZ-CHAT Pacific/Chatham
        ;
        <+12>-12 > Asia/Anadyr Asia/Kamchatka Etc/GMT-12 Kwajalein Pacific/Fiji Pacific/Funafuti Pacific/Kwajalein
        Pacific/Majuro Pacific/Nauru Pacific/Tarawa Pacific/Wake Pacific/Wallis
        ;
        <+13>-13 > Etc/GMT-13 Pacific/Apia Pacific/Enderbury Pacific/Fakaofo Pacific/Kanton Pacific/Tongatapu
        ;
        <+14>-14 > Etc/GMT-14 Pacific/Kiritimati
        ;
        <-00>0 > Factory
        ;
        <-01>1 > Atlantic/Cape_Verde Etc/GMT+1
        ;
        <-01>1<+00>,M3.5.0/0,M10.5.0/1 > Atlantic/Azores
        ;
        <-02>2 > America/Noronha Atlantic/South_Georgia Brazil/DeNoronha Etc/GMT+2
        ;
        <-02>2<-01>,M3.5.0/-1,M10.5.0/0 > America/Godthab America/Nuuk America/Scoresbysund
        ;
        <-03>3 > America/Araguaina America/Argentina/Buenos_Aires America/Argentina/Catamarca
        America/Argentina/ComodRivadavia America/Argentina/Cordoba America/Argentina/Jujuy America/Argentina/La_Rioja
        America/Argentina/Mendoza America/Argentina/Rio_Gallegos America/Argentina/Salta America/Argentina/San_Juan
        America/Argentina/San_Luis America/Argentina/Tucuman America/Argentina/Ushuaia America/Asuncion America/Bahia
        America/Belem America/Buenos_Aires America/Catamarca America/Cayenne America/Cordoba America/Coyhaique
        America/Fortaleza America/Jujuy America/Maceio America/Mendoza America/Montevideo America/Paramaribo
        America/Punta_Arenas America/Recife America/Rosario America/Santarem America/Sao_Paulo Antarctica/Palmer
        Antarctica/Rothera Atlantic/Stanley Brazil/East Etc/GMT+3
        ;
        <-03>3<-02>,M3.2.0,M11.1.0 > America/Miquelon
        ;
        <-04>4 > America/Boa_Vista America/Campo_Grande America/Caracas America/Cuiaba America/Guyana America/La_Paz
        America/Manaus America/Porto_Velho Brazil/West Etc/GMT+4
        ;
        <-04>4<-03>,M9.1.6/24,M4.1.6/24 > America/Santiago Chile/Continental
        ;
        <-05>5 > America/Bogota America/Eirunepe America/Guayaquil America/Lima America/Porto_Acre America/Rio_Branco
        Brazil/Acre Etc/GMT+5
        ;
        <-06>6 > Etc/GMT+6 Pacific/Galapagos
        ;
        <-06>6<-05>,M9.1.6/22,M4.1.6/22 > Chile/EasterIsland Pacific/Easter
        ;
        <-07>7 > Etc/GMT+7
        ;
        <-08>8 > Etc/GMT+8 Pacific/Pitcairn
        ;
        <-0930>9:30 > Pacific/Marquesas
        ;
        <-09>9 > Etc/GMT+9 Pacific/Gambier
        ;
        <-10>10 > Etc/GMT+10 Pacific/Rarotonga Pacific/Tahiti
        ;
        <-11>11 > Etc/GMT+11 Pacific/Niue
        ;
        <-12>12 > Etc/GMT+12
        ;
        ACST-9:30 > Australia/Darwin Australia/North
        ;
        ACST-9:30ACDT,M10.1.0,M4.1.0/3 > Australia/Adelaide Australia/Broken_Hill Australia/South Australia/Yancowinna
        ;
        AEST-10 > Australia/Brisbane Australia/Lindeman Australia/Queensland
        ;
        AEST-10AEDT,M10.1.0,M4.1.0/3 > Antarctica/Macquarie Australia/ACT Australia/Canberra Australia/Currie
        Australia/Hobart Australia/Melbourne Australia/NSW Australia/Sydney Australia/Tasmania Australia/Victoria
        ;
        AKST9AKDT,M3.2.0,M11.1.0 > America/Anchorage America/Juneau America/Metlakatla America/Nome America/Sitka
        America/Yakutat US/Alaska
        ;
        AST4 > America/Anguilla America/Antigua America/Aruba America/Barbados America/Blanc-Sablon America/Curacao
        America/Dominica America/Grenada America/Guadeloupe America/Kralendijk America/Lower_Princes America/Marigot
        America/Martinique America/Montserrat America/Port_of_Spain America/Puerto_Rico America/Santo_Domingo
        America/St_Barthelemy America/St_Kitts America/St_Lucia America/St_Thomas America/St_Vincent America/Tortola
        America/Virgin
        ;
        AST4ADT,M3.2.0,M11.1.0 > America/Glace_Bay America/Goose_Bay America/Halifax America/Moncton America/Thule
        Atlantic/Bermuda Canada/Atlantic
        ;
        AWST-8 > Australia/Perth Australia/West
        ;
        CAT-2 > Africa/Blantyre Africa/Bujumbura Africa/Gaborone Africa/Harare Africa/Juba Africa/Khartoum
        Africa/Kigali Africa/Lubumbashi Africa/Lusaka Africa/Maputo Africa/Windhoek
        ;
        CET-1 > Africa/Algiers Africa/Tunis
        ;
        CET-1CEST,M3.5.0,M10.5.0/3 > Africa/Ceuta Arctic/Longyearbyen Atlantic/Jan_Mayen CET Europe/Amsterdam
        Europe/Andorra Europe/Belgrade Europe/Berlin Europe/Bratislava Europe/Brussels Europe/Budapest Europe/Busingen
        Europe/Copenhagen Europe/Gibraltar Europe/Ljubljana Europe/Luxembourg Europe/Madrid Europe/Malta Europe/Monaco
        Europe/Oslo Europe/Paris Europe/Podgorica Europe/Prague Europe/Rome Europe/San_Marino Europe/Sarajevo
        Europe/Skopje Europe/Stockholm Europe/Tirane Europe/Vaduz Europe/Vatican Europe/Vienna Europe/Warsaw
        Europe/Zagreb Europe/Zurich MET Poland
        ;
        CST-8 > Asia/Chongqing Asia/Chungking Asia/Harbin Asia/Macao Asia/Macau Asia/Shanghai Asia/Taipei PRC ROC
        ;
        CST5CDT,M3.2.0/0,M11.1.0/1 -18000 1772946000:-14400 1825563600:-18000 > America/Havana Cuba
        ;
        CST6 > America/Bahia_Banderas America/Belize America/Chihuahua America/Costa_Rica America/El_Salvador
        America/Guatemala America/Managua America/Merida America/Mexico_City America/Monterrey America/Regina
        America/Swift_Current America/Tegucigalpa Canada/Saskatchewan Mexico/General
        ;
        CST6 -25200 1772960400:-21600 1793520000:-21600 > America/Edmonton America/Inuvik America/Yellowknife
        Canada/Mountain
        ;
        CST6CDT,M3.2.0,M11.1.0 > America/Chicago America/Indiana/Knox America/Indiana/Tell_City America/Knox_IN
        America/Matamoros America/Menominee America/North_Dakota/Beulah America/North_Dakota/Center
        America/North_Dakota/New_Salem America/Ojinaga America/Rankin_Inlet America/Resolute CST6CDT US/Central
        US/Indiana-Starke
        ;
        ChST-10 > Pacific/Guam Pacific/Saipan
        ;
        EAT-3 > Africa/Addis_Ababa Africa/Asmara Africa/Asmera Africa/Dar_es_Salaam Africa/Djibouti Africa/Kampala
        Africa/Mogadishu Africa/Nairobi Indian/Antananarivo Indian/Comoro Indian/Mayotte
        ;
        EET-2 > Africa/Tripoli Europe/Kaliningrad Libya
        ;
        EET-2EEST,M3.4.4/50,M10.4.4/50 7200 1774656000:10800 1792796400:7200 1806105600:10800 1824850800:7200
        1837555200:10800 1856300400:7200 1869004800:10800 1887750000:7200 1901059200:10800 1919199600:7200
        1932508800:10800 1950649200:7200 1963958400:10800 1982703600:7200 1995408000:10800 2014153200:7200
        2026857600:10800 2045602800:7200 2058307200:10800 2077052400:7200 2090361600:10800 2107897200:7200
        2121811200:10800 2138742000:7200 2153260800:10800 2168982000:7200 2184710400:10800 2199826800:7200
        2216160000:10800 2230066800:7200 2234304000:10800 2234905200:7200 2248214400:10800 2260911600:7200
        2264544000:10800 2266354800:7200 2279664000:10800 2291756400:7200 2295388800:10800 2297804400:7200
        2311113600:10800 2321996400:7200 2326233600:10800 2329254000:7200 2342563200:10800 2352841200:7200
        2356473600:10800 2361308400:7200 2374012800:10800 2383686000:7200 2387318400:10800 2392758000:7200
        2405462400:10800 2413926000:7200 2418163200:10800 2424207600:7200 2437516800:10800 2444770800:7200
        2448403200:10800 2455657200:7200 2468966400:10800 2475010800:7200 2479248000:10800 2487106800:7200
        2500416000:10800 2505855600:7200 2509488000:10800 2519161200:7200 2531865600:10800 2536700400:7200
        2540332800:10800 2550610800:7200 2563315200:10800 2566940400:7200 2571177600:10800 2582060400:7200
        2595369600:10800 2597785200:7200 2601417600:10800 2613510000:7200 2626819200:10800 2628025200:7200
        2632262400:10800 2644959600:7200 2658268800:10800 2658870000:7200 2663107200:10800 2676409200:7200
        2693347200:10800 2708463600:7200 2724192000:10800 2739913200:7200 2754432000:10800 2771362800:7200
        2785276800:10800 2802812400:7200 2816121600:10800 2834262000:7200 2847571200:10800 2866316400:7200
        2879020800:10800 2897766000:7200 2910470400:10800 2929215600:7200 2941920000:10800 2960665200:7200
        2973974400:10800 2992114800:7200 3005424000:10800 3023564400:7200 3036873600:10800 3055618800:7200
        3068323200:10800 3087068400:7200 3099772800:10800 3117913200:7200 3131827200:10800 3148758000:7200
        3163276800:10800 3179602800:7200 3194726400:10800 3209842800:7200 3226176000:10800 3240687600:7200
        3244320000:10800 3244921200:7200 3257625600:10800 3271532400:7200 3275164800:10800 3276370800:7200
        3289075200:10800 3301772400:7200 3306009600:10800 3307820400:7200 3321129600:10800 3332617200:7200
        3336249600:10800 3339270000:7200 3352579200:10800 3362857200:7200 3367094400:10800 3370719600:7200
        3384028800:10800 3393702000:7200 3397939200:10800 3402774000:7200 3415478400:10800 3424546800:7200
        3428179200:10800 3434223600:7200 3446928000:10800 3454786800:7200 3459024000:10800 3465673200:7200
        3478982400:10800 3485631600:7200 3489264000:10800 3497122800:7200 3510432000:10800 3516476400:7200
        3520108800:10800 3528572400:7200 3541881600:10800 3546716400:7200 3550953600:10800 3560022000:7200
        3573331200:10800 3577561200:7200 3581193600:10800 3592076400:7200 3604780800:10800 3607801200:7200
        3612038400:10800 3623526000:7200 3636230400:10800 3638646000:7200 3642883200:10800 3654975600:7200
        3668284800:10800 3669490800:7200 3673123200:10800 3686425200:7200 > Asia/Gaza Asia/Hebron
        ;
        EET-2EEST,M3.5.0/0,M10.5.0/0 > Asia/Beirut
        ;
        EET-2EEST,M3.5.0/3,M10.5.0/4 > Asia/Famagusta Asia/Nicosia EET Europe/Athens Europe/Bucharest Europe/Chisinau
        Europe/Helsinki Europe/Kiev Europe/Kyiv Europe/Mariehamn Europe/Nicosia Europe/Riga Europe/Sofia
        Europe/Tallinn Europe/Tiraspol Europe/Uzhgorod Europe/Vilnius Europe/Zaporozhye
        ;
        EET-2EEST,M4.5.5/0,M10.5.4/24 > Africa/Cairo Egypt
        ;
        EST5 > America/Atikokan America/Cancun America/Cayman America/Coral_Harbour America/Jamaica America/Panama EST
        Jamaica
        ;
        EST5 -21600 1772956800:-18000 1793516400:-18000 > America/Rainy_River America/Winnipeg Canada/Central
        ;
        EST5EDT,M3.2.0,M11.1.0 > America/Detroit America/Fort_Wayne America/Grand_Turk America/Indiana/Indianapolis
        America/Indiana/Marengo America/Indiana/Petersburg America/Indiana/Vevay America/Indiana/Vincennes
        America/Indiana/Winamac America/Indianapolis America/Iqaluit America/Kentucky/Louisville
        America/Kentucky/Monticello America/Louisville America/Montreal America/Nassau America/New_York
        America/Nipigon America/Pangnirtung America/Port-au-Prince America/Thunder_Bay America/Toronto Canada/Eastern
        EST5EDT US/East-Indiana US/Eastern US/Michigan
        ;
        GMT0 > Africa/Abidjan Africa/Accra Africa/Bamako Africa/Banjul Africa/Bissau Africa/Conakry Africa/Dakar
        Africa/Freetown Africa/Lome Africa/Monrovia Africa/Nouakchott Africa/Ouagadougou Africa/Sao_Tome
        Africa/Timbuktu America/Danmarkshavn Atlantic/Reykjavik Atlantic/St_Helena Etc/GMT Etc/GMT+0 Etc/GMT-0
        Etc/GMT0 Etc/Greenwich GMT GMT+0 GMT-0 GMT0 Greenwich Iceland
        ;
        GMT0BST,M3.5.0/1,M10.5.0 > Europe/Belfast Europe/Guernsey Europe/Isle_of_Man Europe/Jersey Europe/London GB
        GB-Eire
        ;
        HKT-8 > Asia/Hong_Kong Hongkong
        ;
        HST10 > HST Pacific/Honolulu Pacific/Johnston US/Hawaii
        ;
        HST10HDT,M3.2.0,M11.1.0 > America/Adak America/Atka US/Aleutian
        ;
        IST-1GMT0,M10.5.0,M3.5.0/1 > Eire Europe/Dublin
        ;
        IST-2IDT,M3.4.4/26,M10.5.0 > Asia/Jerusalem Asia/Tel_Aviv Israel
        ;
        IST-5:30 > Asia/Calcutta Asia/Kolkata
        ;
        JST-9 > Asia/Tokyo Japan
        ;
        KST-9 > Asia/Pyongyang Asia/Seoul ROK
        ;
        MSK-3 > Europe/Kirov Europe/Moscow Europe/Simferopol Europe/Volgograd W-SU
        ;
        MST7 > America/Creston America/Dawson America/Dawson_Creek America/Fort_Nelson America/Hermosillo
        America/Mazatlan America/Phoenix America/Whitehorse Canada/Yukon MST Mexico/BajaSur US/Arizona
        ;
        MST7 -28800 1772964000:-25200 1793523600:-25200 > America/Vancouver Canada/Pacific
        ;
        MST7MDT,M3.2.0,M11.1.0 > America/Boise America/Cambridge_Bay America/Ciudad_Juarez America/Denver
        America/Shiprock MST7MDT Navajo US/Mountain
        ;
        NST3:30NDT,M3.2.0,M11.1.0 > America/St_Johns Canada/Newfoundland
        ;
        NZST-12NZDT,M9.5.0,M4.1.0/3 > Antarctica/McMurdo Antarctica/South_Pole NZ Pacific/Auckland
        ;
        PKT-5 > Asia/Karachi
        ;
        PST-8 > Asia/Manila
        ;
        PST8PDT,M3.2.0,M11.1.0 > America/Ensenada America/Los_Angeles America/Santa_Isabel America/Tijuana
        Mexico/BajaNorte PST8PDT US/Pacific
        ;
        SAST-2 > Africa/Johannesburg Africa/Maseru Africa/Mbabane
        ;
        SST11 > Pacific/Midway Pacific/Pago_Pago Pacific/Samoa US/Samoa
        ;
        UTC0 > Etc/UCT Etc/UTC Etc/Universal Etc/Zulu UCT UTC Universal Zulu
        ;
        WAT-1 > Africa/Bangui Africa/Brazzaville Africa/Douala Africa/Kinshasa Africa/Lagos Africa/Libreville
        Africa/Luanda Africa/Malabo Africa/Ndjamena Africa/Niamey Africa/Porto-Novo
        ;
        WET0WEST,M3.5.0/1,M10.5.0 > Atlantic/Canary Atlantic/Faeroe Atlantic/Faroe Atlantic/Madeira Europe/Lisbon
        Portugal WET
        ;
        WIB-7 > Asia/Jakarta Asia/Pontianak
        ;
        WIT-9 > Asia/Jayapura
        ;
        WITA-8 > Asia/Makassar Asia/Ujung_Pandang
        ;
        """
}
