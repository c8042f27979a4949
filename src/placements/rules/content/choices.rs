//! The closed lists of which a posting's fields choose.

use crate::lang::words;

words! {
    /// Where a placement is: Hong Kong, Macao and the nine Mainland cities of the Greater Bay Area.
    pub enum City {
        /// Hong Kong.
        HongKong = "hong_kong" => plc_city_hong_kong,
        /// Macao.
        Macao = "macao" => plc_city_macao,
        /// Guangzhou.
        Guangzhou = "guangzhou" => plc_city_guangzhou,
        /// Shenzhen.
        Shenzhen = "shenzhen" => plc_city_shenzhen,
        /// Zhuhai.
        Zhuhai = "zhuhai" => plc_city_zhuhai,
        /// Foshan.
        Foshan = "foshan" => plc_city_foshan,
        /// Huizhou.
        Huizhou = "huizhou" => plc_city_huizhou,
        /// Dongguan.
        Dongguan = "dongguan" => plc_city_dongguan,
        /// Zhongshan.
        Zhongshan = "zhongshan" => plc_city_zhongshan,
        /// Jiangmen.
        Jiangmen = "jiangmen" => plc_city_jiangmen,
        /// Zhaoqing.
        Zhaoqing = "zhaoqing" => plc_city_zhaoqing,
    }
}

words! {
    /// A line of defence.
    pub enum Defence {
        /// The business.
        First = "first" => plc_defence_first,
        /// Risk and compliance.
        Second = "second" => plc_defence_second,
        /// Internal audit.
        Third = "third" => plc_defence_third,
    }
}

words! {
    /// How sensitive the data are that a trainee works with.
    pub enum DataClass {
        /// Public.
        Public = "public" => plc_data_public,
        /// Internal.
        Internal = "internal" => plc_data_internal,
        /// Of customers.
        Customer = "customer" => plc_data_customer,
        /// Restricted.
        Restricted = "restricted" => plc_data_restricted,
    }
}

words! {
    /// Do data cross the boundary between Hong Kong and the Mainland?
    pub enum Crossing {
        /// No.
        None = "none" => plc_cross_none,
        /// From Hong Kong to the Mainland.
        Out = "out" => plc_cross_out,
        /// From the Mainland to Hong Kong.
        In = "in" => plc_cross_in,
        /// Both ways.
        Both = "both" => plc_cross_both,
    }
}

words! {
    /// Where the work is done.
    pub enum Mode {
        /// On site.
        OnSite = "on_site" => plc_mode_on_site,
        /// Partly on site.
        Hybrid = "hybrid" => plc_mode_hybrid,
        /// From elsewhere.
        Remote = "remote" => plc_mode_remote,
    }
}

words! {
    /// When in the week the work is done.
    pub enum Pattern {
        /// On weekdays.
        Weekdays = "weekdays" => plc_pattern_weekdays,
        /// In the evening and at weekends.
        Evenings = "evenings" => plc_pattern_evenings,
        /// In shifts.
        Shifts = "shifts" => plc_pattern_shifts,
        /// As agreed.
        Flexible = "flexible" => plc_pattern_flexible,
    }
}

words! {
    /// How much of the week it takes.
    pub enum Load {
        /// Full-time.
        FullTime = "full_time" => plc_load_full,
        /// Part-time.
        PartTime = "part_time" => plc_load_part,
        /// A project beside other duties.
        Project = "project" => plc_load_project,
    }
}

words! {
    /// Yes or no.
    pub enum Answer {
        /// Yes.
        Yes = "yes" => yes,
        /// No.
        No = "no" => no,
    }
}

words! {
    /// A currency.
    pub enum Currency {
        /// Hong Kong dollars.
        Hkd = "HKD" => plc_currency_hkd,
        /// Renminbi.
        Cny = "CNY" => plc_currency_cny,
        /// Patacas.
        Mop = "MOP" => plc_currency_mop,
    }
}

words! {
    /// For how long the allowance is paid.
    pub enum Period {
        /// An hour.
        Hour = "hour" => plc_per_hour,
        /// A day.
        Day = "day" => plc_per_day,
        /// A month.
        Month = "month" => plc_per_month,
    }
}

words! {
    /// What a paid trainee is to the minimum wage.
    pub enum WageCategory {
        /// An ordinary employee.
        Ordinary = "ordinary" => plc_wage_ordinary,
        /// A student intern, outside it.
        StudentIntern = "student_intern" => plc_wage_intern,
        /// A work-experience student, outside it.
        WorkExperience = "work_experience" => plc_wage_experience,
    }
}

words! {
    /// How deep the institution looks into who somebody is.
    pub enum Background {
        /// Not at all.
        None = "none" => plc_background_none,
        /// Identity and references.
        Basic = "basic" => plc_background_basic,
        /// Also finances, conflicts and criminal records where the law allows it.
        Enhanced = "enhanced" => plc_background_enhanced,
    }
}

words! {
    /// A document that is asked for.
    pub enum Document {
        /// Curriculum vitae.
        Cv = "cv" => plc_document_cv,
        /// Transcript.
        Transcript = "transcript" => plc_document_transcript,
        /// A letter.
        Letter = "letter" => plc_document_letter,
        /// Samples of work.
        Portfolio = "portfolio" => plc_document_portfolio,
    }
}
