//! Names of fictional people, teams and engines, and of the real countries that they come from.

/// The names of a country's drivers. No two family names, of all countries, begin with the same three letters.
pub(crate) struct Nation {
    pub(crate) country: &'static str,
    pub(crate) town: &'static str,
    /// Each with a gender.
    pub(crate) first_names: [(&'static str, &'static str); 6],
    pub(crate) families: [&'static str; 5],
}

const MALE: &str = "MALE";
const FEMALE: &str = "FEMALE";

/// The former name of the team that is renamed.
pub(crate) const FORMER_NAME: &str = "Ravelin";

/// Engine manufacturers: name and country.
pub(crate) const ENGINES: [(&str, &str); 4] = [
    ("Corvid", "united-kingdom"),
    ("Ferrum", "sweden"),
    ("Halcyon", "france"),
    ("Kitsune", "japan"),
];

/// Teams: name, country, engine manufacturer.
#[rustfmt::skip]
pub(crate) const TEAMS: [(&str, &str, &str); 10] = [
    ("Corvid",      "united-kingdom", "Corvid"),
    ("Blackthorn",  "united-kingdom", "Ferrum"),
    ("Halcyon",     "france",         "Halcyon"),
    ("Norrland",    "sweden",         "Ferrum"),
    ("Tamarind",    "brazil",         "Kitsune"),
    ("Aurelia",     "mexico",         "Corvid"),
    ("Solway",      "united-kingdom", "Kitsune"),
    ("Meridian",    "portugal",       "Halcyon"),
    ("Sable Point", "new-zealand",    "Ferrum"),
    ("Pelagic",     "norway",         "Corvid"),
];

#[rustfmt::skip]
pub(crate) const NATIONS: [Nation; 10] = [
    Nation {
        country: "brazil", town: "Recife",
        first_names: [
            ("Caio", MALE), ("Thales", MALE), ("Davi", MALE), ("Igor", MALE),
            ("Luana", FEMALE), ("Bianca", FEMALE),
        ],
        families: ["Pimentel", "Arruda", "Vasques", "Junqueira", "Dourado"],
    },
    Nation {
        country: "france", town: "Lyon",
        first_names: [
            ("Bastien", MALE), ("Loïc", MALE), ("Maxence", MALE), ("Corentin", MALE),
            ("Élodie", FEMALE), ("Camille", FEMALE),
        ],
        families: ["Faucheux", "Rochebrune", "Lestrade", "Chauvel", "Besnier"],
    },
    Nation {
        country: "japan", town: "Sendai",
        first_names: [
            ("Haruki", MALE), ("Sota", MALE), ("Kenji", MALE), ("Ryota", MALE),
            ("Aoi", FEMALE), ("Mio", FEMALE),
        ],
        families: ["Onodera", "Hirasawa", "Mizutani", "Tachibana", "Wakui"],
    },
    Nation {
        country: "kenya", town: "Nakuru",
        first_names: [
            ("Baraka", MALE), ("Kamau", MALE), ("Otieno", MALE), ("Jabari", MALE),
            ("Wanjiru", FEMALE), ("Achieng", FEMALE),
        ],
        families: ["Mwangale", "Ochola", "Njenga", "Kirui", "Wekesa"],
    },
    Nation {
        country: "mexico", town: "Puebla",
        first_names: [
            ("Emilio", MALE), ("Mateo", MALE), ("Iker", MALE), ("Rodrigo", MALE),
            ("Ximena", FEMALE), ("Regina", FEMALE),
        ],
        families: ["Ibarra", "Zepeda", "Escamilla", "Ugalde", "Villaseñor"],
    },
    Nation {
        country: "new-zealand", town: "Dunedin",
        first_names: [
            ("Angus", MALE), ("Nikau", MALE), ("Reuben", MALE), ("Wiremu", MALE),
            ("Aroha", FEMALE), ("Georgia", FEMALE),
        ],
        families: ["Tamihana", "Ashcombe", "McLeish", "Parata", "Ruatapu"],
    },
    Nation {
        country: "norway", town: "Bergen",
        first_names: [
            ("Eirik", MALE), ("Sondre", MALE), ("Jonas", MALE), ("Halvard", MALE),
            ("Ingrid", FEMALE), ("Silje", FEMALE),
        ],
        families: ["Tveit", "Nesheim", "Aasland", "Bråten", "Kvamme"],
    },
    Nation {
        country: "poland", town: "Lublin",
        first_names: [
            ("Kacper", MALE), ("Mikołaj", MALE), ("Szymon", MALE), ("Oskar", MALE),
            ("Zofia", FEMALE), ("Maja", FEMALE),
        ],
        families: ["Grabiec", "Wolniak", "Cieślak", "Jarzyna", "Zawada"],
    },
    Nation {
        country: "portugal", town: "Coimbra",
        first_names: [
            ("Tomás", MALE), ("Rui", MALE), ("Duarte", MALE), ("Nelo", MALE),
            ("Inês", FEMALE), ("Marta", FEMALE),
        ],
        families: ["Quintela", "Barroca", "Fontão", "Lameira", "Seixas"],
    },
    Nation {
        country: "united-kingdom", town: "Leeds",
        first_names: [
            ("Callum", MALE), ("Rhys", MALE), ("Toby", MALE), ("Ewan", MALE),
            ("Freya", FEMALE), ("Imogen", FEMALE),
        ],
        families: ["Hathersage", "Pendlebury", "Thackray", "Ormerod", "Dunmore"],
    },
];

/// A country: id, ISO 3166 codes of two and three letters, Olympic code, name, demonym, continent.
pub(crate) type Country = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
pub(crate) const COUNTRIES: [Country; 25] = [
    ("argentina", "AR", "ARG", "ARG", "Argentina", "Argentine", "south-america"),
    ("australia", "AU", "AUS", "AUS", "Australia", "Australian", "australia"),
    ("brazil", "BR", "BRA", "BRA", "Brazil", "Brazilian", "south-america"),
    ("canada", "CA", "CAN", "CAN", "Canada", "Canadian", "north-america"),
    ("chile", "CL", "CHL", "CHI", "Chile", "Chilean", "south-america"),
    ("estonia", "EE", "EST", "EST", "Estonia", "Estonian", "europe"),
    ("france", "FR", "FRA", "FRA", "France", "French", "europe"),
    ("germany", "DE", "DEU", "GER", "Germany", "German", "europe"),
    ("greece", "GR", "GRC", "GRE", "Greece", "Greek", "europe"),
    ("iceland", "IS", "ISL", "ISL", "Iceland", "Icelander", "europe"),
    ("india", "IN", "IND", "IND", "India", "Indian", "asia"),
    ("ireland", "IE", "IRL", "IRL", "Ireland", "Irish", "europe"),
    ("japan", "JP", "JPN", "JPN", "Japan", "Japanese", "asia"),
    ("kenya", "KE", "KEN", "KEN", "Kenya", "Kenyan", "africa"),
    ("mexico", "MX", "MEX", "MEX", "Mexico", "Mexican", "north-america"),
    ("morocco", "MA", "MAR", "MAR", "Morocco", "Moroccan", "africa"),
    ("new-zealand", "NZ", "NZL", "NZL", "New Zealand", "New Zealander", "australia"),
    ("norway", "NO", "NOR", "NOR", "Norway", "Norwegian", "europe"),
    ("poland", "PL", "POL", "POL", "Poland", "Polish", "europe"),
    ("portugal", "PT", "PRT", "POR", "Portugal", "Portuguese", "europe"),
    ("south-africa", "ZA", "ZAF", "RSA", "South Africa", "South African", "africa"),
    ("sweden", "SE", "SWE", "SWE", "Sweden", "Swedish", "europe"),
    ("united-kingdom", "GB", "GBR", "GBR", "United Kingdom", "British", "europe"),
    ("united-states-of-america", "US", "USA", "USA", "United States of America", "American", "north-america"),
    ("vietnam", "VN", "VNM", "VIE", "Vietnam", "Vietnamese", "asia"),
];
