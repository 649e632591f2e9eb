//! Whether another run came to the same.

use serde_json::Value;

/// Prints how far the ratios of `results` agree with those of `other`, a record of this bench.
/// Whether all agree: whether none is further from the other's than what both are uncertain of.
///
/// # Errors
/// What `other` lacks.
pub fn agree(results: &Value, other: &Value) -> Result<bool, String> {
    let (mut compared, mut apart) = (0, Vec::new());
    for situation in of(results, "situations")? {
        let others = of(&other["results"], "situations")?;
        let title = &situation["situation"];
        let same = others.iter().find(|other| other["situation"] == *title);
        let same = same.ok_or_else(|| format!("{title} is not in it"))?;
        let (costs, earlier) = (of(situation, "styles")?, of(same, "styles")?);
        let baseline = |costs: &[Value]| costs.first().map(|cost| cost["style"].clone());
        if baseline(costs) != baseline(earlier) {
            return Err(format!("{title} has another baseline"));
        }
        for cost in costs.iter().skip(1).filter(|cost| cost["style"] != "slowed") {
            let style = &cost["style"];
            let before = earlier.iter().find(|cost| cost["style"] == *style);
            let before = before.ok_or_else(|| format!("{title}: {style} is not in it"))?;
            let [now, then] =
                [cost, before].map(|cost| [number(cost, "ratio"), number(cost, "uncertainty")]);
            let ([Some(is), Some(one)], [Some(was), Some(two)]) = (now, then) else {
                return Err(format!("{title}, {style} has no ratio"));
            };
            compared += 1;
            if (is / was - 1.0).abs() > one + two {
                let uncertain = 100.0 * (one + two);
                apart.push(format!("{title}, {style}: {is:.3}, was {was:.3} (± {uncertain:.1} %)"));
            }
        }
    }
    println!("\n{} of {compared} ratios agree with the other run's", compared - apart.len());
    apart.iter().for_each(|line| println!("{line}"));
    Ok(apart.is_empty())
}

fn of<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>, String> {
    value[key].as_array().ok_or_else(|| format!("`{key}` is not in it"))
}

fn number(value: &Value, key: &str) -> Option<f64> {
    value[key].as_f64()
}
