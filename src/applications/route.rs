//! The routes by which people come to the programme.
use crate::lang::words;

words! {
    /// How a person comes to the programme; requirements of the form depend on it.
    pub enum Route {
        /// Studies at a university.
        UniversityStudent = "university_student" => route_university_student,
        /// Works at an institution that nominates them.
        InServiceNominee = "in_service_nominee" => route_in_service_nominee,
        /// Graduated lately.
        RecentGraduate = "recent_graduate" => route_recent_graduate,
        /// None of these.
        Open = "open" => route_open,
    }
}
