//@ error: E0594
use callbacks::Layer;

pub fn layer() -> Layer {
    let mut version = 0; // wrong
    Layer::new("version", move |mut ctx, next, done| {
        version += 1; // wrong
        ctx.revision = version; // wrong
        // right: ctx.revision += 1;
        next.run(ctx, done)
    })
}
